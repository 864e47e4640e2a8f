import assert = require('node:assert/strict');
import { describe, it } from 'mocha';
import { until } from '../../support/until';
import { screwdriver } from '../real';

const TEARDOWN = { 'teardown-report': 'echo torn down after $SD_STEP_EXIT_CODE' };

describe('a build with the official job tools, started by the real API', () => {
    it('ends in SUCCESS soon after its last step, with its teardown done and its logs in the store', async () => {
        const build = await screwdriver.start({ steps: { work: 'echo at work', ...TEARDOWN } });
        const { startTime, endTime } = await build.has('SUCCESS');
        const [work, teardown] = [await build.step('work'), await build.step('teardown-report')];

        assert.deepEqual([work.code, teardown.code], [0, 0]);
        // An executor that waits for the end of the container gets it after a minute, by KILL.
        assert.ok(Date.parse(endTime!) - Date.parse(teardown.endTime!) < 30_000);
        assert.ok(startTime);
        await build.logHas('work', 'at work');
        await build.logHas('teardown-report', 'torn down after 0');
        await until('the lines of the step', async () => (await build.step('work')).lines);
    });

    it('was started, timed and stopped, and nothing of it is left on the engine', async () => {
        const build = await screwdriver.start({ steps: { work: 'true' } });

        await build.has('SUCCESS');
        const operations = await until('stopTimer', () => {
            const names = build.operations().map(({ operation, outcome }) => `${operation} ${outcome}`);

            return names.includes('stopTimer success') ? names : undefined;
        });

        assert.deepEqual(operations.toSorted(), [
            'exchangeTokenForBuild success',
            'start success',
            'startTimer success',
            'stop success',
            'stopTimer success'
        ]);
        await build.isGone();
    });

    it('ends in FAILURE after its teardown if a step fails, and reports the code of the step', async () => {
        const build = await screwdriver.start({ steps: { work: 'echo at work; exit 7', never: 'true', ...TEARDOWN } });

        await build.has('FAILURE');
        const [work, teardown] = [await build.step('work'), await build.step('teardown-report')];

        assert.deepEqual([work.code, teardown.code], [7, 0]);
        assert.ok(!(await build.step('never')).startTime);
        await build.logHas('teardown-report', 'torn down after 7');
    });
});
