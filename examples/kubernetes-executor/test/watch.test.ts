import { expect } from 'chai';
import { terminated, waiting } from './shapes';
import { AWAY, runningSince, secretOf, watched } from './watched';

const KILLED = terminated(137, 'Error');

describe('kubernetes executor: a build that ends without a report', () => {
    const on = watched();

    it('is a FAILURE with its reason at the second look, and nothing of it is left', async () => {
        on.put(7, KILLED);
        await on.look();
        expect(on.build(7).status).to.equal('QUEUED');
        await on.look();
        expect(on.build(7).status).to.equal('FAILURE');
        expect(on.build(7).statusMessage).to.match(/exit code 137/);
        expect(on.reasons.get(7)).to.equal(on.build(7).statusMessage);
        expect([on.cluster.pods.size, on.cluster.secrets.size]).to.deep.equal([0, 0]);
    });

    it('is a FAILURE if its pod is gone, by the token that was read before', async () => {
        on.put(7, runningSince(Date.now()));
        await on.look();
        on.cluster.pods.clear();
        on.cluster.secrets.clear();
        await on.look(2);
        expect(on.build(7).statusMessage).to.match(/is gone from its cluster/);
    });

    it('is a FAILURE with the last line if its launcher has ended well without a report', async () => {
        on.put(7, { terminated: { exitCode: 0, finishedAt: new Date() } });
        on.cluster.logs.set('sd-build-7', 'x509: unknown authority\n');
        await on.look(2);
        expect(on.build(7).statusMessage).to.match(/Its last line: x509: unknown authority$/);
        expect(on.hasPod(7)).to.equal(false);
    });

    it('has its grace time for its last report if its launcher has ended well after RUNNING', async () => {
        on.put(7, { terminated: { exitCode: 0, finishedAt: new Date() } });
        on.build(7).status = 'RUNNING';
        await on.look(3);
        expect([on.build(7).status, on.hasPod(7)]).to.deep.equal(['RUNNING', true]);
        await on.look();
        expect(on.build(7).status).to.equal('FAILURE');
    });

    it('is a FAILURE if it cannot come up for long enough', async () => {
        on.put(7, waiting('ImagePullBackOff', 'Back-off pulling image'), {
            status: { phase: 'Pending', startTime: new Date() }
        });
        await on.look(19);
        expect(on.build(7).status).to.equal('QUEUED');
        await on.look(3);
        expect(on.build(7).statusMessage).to.match(/^The image node:22 /);
        expect(on.hasPod(7)).to.equal(false);
    });

    it('is a FAILURE if its node does not confirm its end', async () => {
        on.put(7, runningSince(Date.now()));
        await on.look();
        on.put(7, runningSince(Date.now()), { metadata: { deletionTimestamp: new Date() } });
        await on.look(2);
        expect(on.build(7).status).to.equal('QUEUED');
        await on.look(2);
        expect(on.build(7).status).to.equal('FAILURE');
    });

    it('is not a failure if the API knows of its end, and nothing of it is left', async () => {
        on.put(7, KILLED);
        on.build(7).status = 'SUCCESS';
        await on.look(2);
        expect([on.build(7).status, on.hasPod(7), on.reasons.get(7)]).to.deep.equal(['SUCCESS', false, undefined]);
    });

    it('is not a failure if it was stopped here', async () => {
        on.put(7, runningSince(Date.now()));
        await on.look();
        on.cluster.pods.clear();
        on.watch.forget('7');
        await on.look(2);
        expect(on.build(7).status).to.equal('QUEUED');
    });

    it('is left alone while this executor is ending it', async () => {
        on.put(7, KILLED);
        on.isEndedHere = true;
        await on.look(2);
        expect([on.build(7).status, on.hasPod(7)]).to.deep.equal(['QUEUED', true]);
    });

    it('is left alone if another start has brought it up again meanwhile', async () => {
        on.put(7, KILLED);
        await on.look();
        on.put(7, runningSince(Date.now()), {
            metadata: { annotations: { 'screwdriver.cd/secret': 'sd-build-7-new' } }
        });
        await on.look(2);
        expect([on.build(7).status, on.hasPod(7)]).to.deep.equal(['QUEUED', true]);
    });

    it('is reported again at each look until the API answers, and its pod stays until then', async () => {
        on.put(7, KILLED);
        on.api.failNext(AWAY, AWAY);
        await on.look(3);
        expect([on.build(7).status, on.hasPod(7)]).to.deep.equal(['QUEUED', true]);
        expect(on.log).to.have.length(2);
        await on.look();
        expect([on.build(7).status, on.hasPod(7)]).to.deep.equal(['FAILURE', false]);
    });

    it('is removed if its token has expired, since nobody can report it to the API', async () => {
        on.put(7, KILLED);
        on.putToken(7, { exp: 1 });
        await on.look(2);
        expect([on.build(7).status, on.hasPod(7)]).to.deep.equal(['QUEUED', false]);
        expect(on.log).to.have.length(1);
    });

    it('is not ours with another prefix, or without a token', async () => {
        on.put(7, KILLED);
        on.put(8, KILLED);
        on.cluster.pods.set('other-build-7', {
            ...on.cluster.pods.get('sd-build-7'),
            metadata: { name: 'other-build-7' }
        });
        on.cluster.pods.delete('sd-build-7');
        on.cluster.secrets.delete(secretOf(8));
        await on.look(2);
        expect([...on.cluster.pods.keys()].toSorted()).to.deep.equal(['other-build-7', 'sd-build-8']);
    });
});

describe('kubernetes executor: the looks at the builds', () => {
    const on = watched();
    it('cost one request each, and one more for each build when it is first seen', async () => {
        for (const id of [7, 8, 9]) on.put(id, runningSince(Date.now()));
        await on.look(4);
        expect(on.countOf('GET /pods')).to.equal(4);
        expect(on.cluster.requests).to.have.length(4 + 3);
    });

    it('end with the last build, and begin again with the next one', async () => {
        await on.look(3);
        expect(on.cluster.requests).to.have.length(1);
        on.watch.begin();
        on.watch.begin();
        await on.look(3);
        expect(on.cluster.requests).to.have.length(2);
    });

    it('continue if the cluster fails at one', async () => {
        on.put(7, KILLED);
        on.cluster.failNext(500);
        await on.look();
        expect(on.log).to.have.length(1);
        await on.look(2);
        expect(on.build(7).status).to.equal('FAILURE');
    });

    it('are not made if a process ends with its answer', async () => {
        on.watch.end();
        on.use({ processPerCall: true });
        await on.look(2);
        expect(on.cluster.requests).to.deep.equal([]);
    });

    it('are not made any more after a shutdown', async () => {
        on.put(7, KILLED);
        await on.look();
        on.watch.end();
        on.watch.begin();
        await on.look(2);
        expect([on.cluster.requests.length, on.build(7).status]).to.deep.equal([2, 'QUEUED']);
    });
});
