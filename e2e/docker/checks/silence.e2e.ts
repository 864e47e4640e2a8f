import assert = require('node:assert/strict');
import { describe, it } from 'mocha';
import { rejection } from '../../support/rejection';
import { until } from '../../support/until';
import { GONE, TOOLS, cutOff, inTurn, json } from '../fake-engine';
import { FILLS, IMAGE, KEEPER, onFakeEngine } from '../on-fake-engine';

const MADE = () => ({ 'GET /containers/json': json(200, [{ Id: 'made' }]), [KEEPER]: inTurn(GONE, TOOLS) });
const REMOVAL = 'DELETE /containers/made?v=true';
/** The slow requests of a start. */
const STEPS = {
    'the creation of its job tools': FILLS,
    'the creation of its container': 'POST /containers/create?name=sd-build-7',
    'the start of its container': 'POST /containers/made/start'
};
const RUNS = json(200, { Id: 'made', State: { Running: true }, Config: { StopTimeout: 60 } });
const BUILD = 'GET /containers/sd-build-7/json';
const STOP = 'POST /containers/made/stop';

const silent = () => {};

describe('an engine that falls silent', () => {
    const build = onFakeEngine();

    const asked = (call: string) => until(call, () => build.engine.calls.includes(call));

    /** Calls `cleanUp` with a shorter limit. */
    function cleanUpWithin(milliseconds: number) {
        const { executor } = build;

        const shutDown = (steps: unknown) =>
            Object.getPrototypeOf(executor).shutDown.call(executor, steps, milliseconds);

        Object.assign(executor, { shutDown });

        return executor.cleanUp();
    }

    for (const [what, call] of Object.entries(STEPS)) {
        describe(`during ${what}`, () => {
            it('does not hold up a shutdown, neither with the start nor with the stop behind it', async () => {
                await build.use({ ...MADE(), [call]: silent });
                const started = build.start();

                await asked(call);
                const stopped = rejection(build.stop());

                await cleanUpWithin(4_000);
                assert.equal(await started, false);
                assert.equal((await stopped).code, 'EXECUTOR_SHUTDOWN');
                assert.ok(build.removals().includes(REMOVAL));
            });

            it('makes the start reject in the end, and the next stop goes through', async () => {
                await build.use({ ...MADE(), [call]: silent }, { timeout: 500 });
                const error = await rejection(build.start());

                assert.equal(error.code, 'DOCKER_TIMEOUT');
                assert.equal(error.retryable, true);
                assert.ok(build.removals().includes(REMOVAL));
                await build.stop();
                await cleanUpWithin(4_000);
            });

            it('and cuts its answer off makes the start reject at once, and the next stop goes through', async () => {
                await build.use({ ...MADE(), [call]: cutOff });
                const error = await rejection(build.start());

                assert.equal(error.code, 'DOCKER_ENGINE');
                assert.equal(error.message, 'Docker: the answer was cut off');
                assert.equal(error.retryable, true);
                assert.ok(build.removals().includes(REMOVAL));
                await build.stop();
                await cleanUpWithin(4_000);
            });
        });
    }

    describe('during a stop', () => {
        it('does not hold up a shutdown for the time that the build has to end', async () => {
            await build.use({ [BUILD]: RUNS, [STOP]: silent });
            const stopped = rejection(build.stop());

            await asked(STOP);
            await cleanUpWithin(4_000);
            assert.equal((await stopped).code, 'EXECUTOR_SHUTDOWN');
        });

        it('is given the time that the build has to end, and the time for an answer', async () => {
            const runs = json(200, { Id: 'made', State: { Running: true }, Config: { StopTimeout: 1 } });

            await build.use({ [BUILD]: runs, [STOP]: silent }, { timeout: 200 });
            const begin = performance.now();

            assert.equal((await rejection(build.stop())).code, 'DOCKER_TIMEOUT');
            assert.ok(performance.now() - begin > 1_150);
        });
    });

    it('during a pull makes the start reject in the end', async () => {
        await build.use(
            {
                [`GET /images/${IMAGE}/json`]: json(404, {}),
                'POST /images/create': response => response.write('{"status":"Pulling","id":"1"}\r\n')
            },
            { timeout: 500 }
        );
        const error = await rejection(build.start());

        assert.equal(error.code, 'DOCKER_TIMEOUT');
        assert.match(error.message, /registry\.example\/team\/app:1/);
    });
});
