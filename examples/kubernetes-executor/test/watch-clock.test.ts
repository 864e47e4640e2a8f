import { expect } from 'chai';
import { terminated, waiting } from './shapes';
import { AWAY, runningSince, watched } from './watched';

const KILLED = terminated(137, 'Error');
const SECOND = 1000;
const MINUTE = 60 * SECOND;

describe('kubernetes executor: the clock of a build, by its pod', () => {
    const on = watched();

    /** A state in which its clock rings in 40 seconds, between two looks. */
    const almostOver = () => runningSince(Date.now() - 91 * MINUTE + 40 * SECOND);

    it('is set by the first look, and the API gets the report before the build is ended', async () => {
        on.put(7, almostOver());
        await on.look(2);
        expect([on.build(7).status, on.hasPod(7), on.timers.has(7)]).to.deep.equal(['QUEUED', true, true]);
        let wasThere: boolean | undefined;

        on.cluster.onDelete = () => (wasThere ??= on.build(7).status === 'FAILURE');
        await on.look();
        expect(on.build(7).statusMessage).to.equal('The build took longer than its timeout of 90 minutes.');
        expect([wasThere, on.hasPod(7)]).to.deep.equal([true, false]);
    });

    it('is not set again if a call has set it', async () => {
        on.put(7, almostOver());
        on.timers.start(7, MINUTE * 1000, () => {});
        await on.look(4);
        expect(on.build(7).status).to.equal('QUEUED');
        on.timers.stop(7);
    });

    it('is not set for a build that is not running, or whose timeout is unknown', async () => {
        on.put(7, waiting('PodInitializing'), { status: { phase: 'Pending' } });
        on.put(8, runningSince(Date.now()), { metadata: { annotations: { 'screwdriver.cd/timeout': '' } } });
        await on.look();
        expect([on.timers.has(7), on.timers.has(8)]).to.deep.equal([false, false]);
    });

    it('ends the build although the API is down, which gets the report by a later look', async () => {
        on.put(7, almostOver());
        await on.look(2);
        on.api.failNext(AWAY);
        await on.look();
        expect(on.countOf('PATCH /pods/sd-build-7')).to.equal(1);
        expect([on.build(7).status, on.hasPod(7)]).to.deep.equal(['QUEUED', true]);
        // The state in which the cluster then ends it.
        on.put(7, KILLED, { status: { phase: 'Failed', reason: 'DeadlineExceeded' } });
        await on.look(2);
        expect(on.build(7).statusMessage).to.equal('The build took longer than its timeout of 90 minutes.');
        expect(on.hasPod(7)).to.equal(false);
    });

    it('does not report a build that has already ended', async () => {
        on.put(7, KILLED);
        on.watch.ring(7, 90);
        await on.work.over();
        expect([on.build(7).status, on.hasPod(7)]).to.deep.equal(['QUEUED', true]);
    });
});
