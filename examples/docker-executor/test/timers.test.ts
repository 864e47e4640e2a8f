import { expect } from 'chai';
import { useFakeTimers, type SinonFakeTimers } from 'sinon';
import { Timers } from '../lib/timers';

const MINUTE = 60_000;

describe("docker executor: the timers of the builds' timeouts", () => {
    let clock: SinonFakeTimers;
    let ended: number;
    let timers: Timers;

    beforeEach(() => {
        clock = useFakeTimers();
        ended = 0;
        timers = new Timers();
    });

    afterEach(() => clock.restore());

    it('run for longer than a timer of Node can', () => {
        timers.start(7, 100_000 * MINUTE, () => (ended += 1));
        clock.tick(99_999 * MINUTE);
        expect(ended).to.equal(0);
        clock.tick(MINUTE);
        expect(ended).to.equal(1);
        expect(clock.countTimers()).to.equal(0);
    });

    it('stop at any time, by number or by text', () => {
        timers.start(7, 100_000 * MINUTE, () => (ended += 1));
        clock.tick(50_000 * MINUTE);
        timers.stop('7');
        expect(clock.countTimers()).to.equal(0);
    });

    it('exist once per build, and stop all at once', () => {
        timers.start(7, MINUTE, () => (ended += 1));
        timers.start('7', MINUTE, () => (ended += 1));
        timers.start(8, MINUTE, () => (ended += 1));
        expect(clock.countTimers()).to.equal(2);
        timers.stopAll();
        expect(clock.countTimers()).to.equal(0);
    });
});
