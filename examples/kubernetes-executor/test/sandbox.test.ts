import { expect } from 'chai';
import { describeState, reasonOf } from '../lib/explain';
import { PREPARED, container, podWith } from './shapes';

const WARNING = 'Failed to create pod sandbox: plugin type="calico" failed (add): no podCIDR';

/** A pod that a node took this many seconds ago, and for which it has no sandbox. */
function podSince(seconds: number, containerStatuses = [container('build', PREPARED)]) {
    const lastTransitionTime = new Date(Date.now() - seconds * 1000);

    return podWith({
        phase: 'Pending',
        conditions: [
            { type: 'PodScheduled', status: 'True', lastTransitionTime },
            { type: 'PodReadyToStartContainers', status: 'False', lastTransitionTime }
        ],
        containerStatuses
    });
}

describe('kubernetes executor: a pod that its node cannot get ready', () => {
    it('is a reason once the node has tried for long enough, in the words of the last warning', () => {
        expect(reasonOf(podSince(290), 300, WARNING)).to.equal('');
        expect(reasonOf(podSince(310), 300, WARNING)).to.equal(
            `The node does not get the build's pod ready, the cluster tries again: ${WARNING}.`
        );
        expect(reasonOf(podSince(310, []), 300)).to.equal(
            `The node does not get the build's pod ready, the cluster tries again.`
        );
    });

    it('is described so once there is a warning, and like any other pod before', () => {
        expect(describeState(podSince(1), WARNING)).to.include(WARNING);
        expect(describeState(podSince(1))).to.equal(`The build's pod is being prepared on a node of the cluster.`);
    });

    it('is described without the tokens that a warning quotes', () => {
        const jwt = `eyJhbGciOiJSUzI1NiJ9.${'c'.repeat(40)}.${'s'.repeat(40)}`;

        for (const text of [reasonOf(podSince(310), 300, jwt), describeState(podSince(310), jwt)])
            expect(text)
                .to.include('***')
                .and.not.match(/eyJ|cccc|ssss/);
    });
});
