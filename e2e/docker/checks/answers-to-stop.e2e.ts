import assert = require('node:assert/strict');
import { describe, it } from 'mocha';
import { rejection } from '../../support/rejection';
import { until } from '../../support/until';
import { CREATED, GONE, cutOff, inTurn, json, type Answer } from '../fake-engine';
import { onFakeEngine } from '../on-fake-engine';

/** The build's container. */
const BUILD = 'containers/sd-build-7';
const REMOVAL = 'DELETE /containers/made';
const MARK_REMOVAL = 'DELETE /volumes/sd-build-7-ending';

const RUNS = json(200, { Id: 'made', State: { Running: true }, Config: { StopTimeout: 1 } });
const REMOVED_BY_ANOTHER = json(409, { message: 'removal of container 1 is already in progress' });

describe('a stop on an engine with unusual answers', () => {
    const build = onFakeEngine();

    describe('that are cut off in the middle of their body', () => {
        for (const [what, answers] of Object.entries({
            'when it is asked for a container': { [`GET /${BUILD}/json`]: cutOff },
            'when it is asked which engine it is': { [`GET /${BUILD}/json`]: RUNS, 'GET /version': cutOff },
            'when it should remove a container': { [`GET /${BUILD}/json`]: CREATED, [REMOVAL]: cutOff },
            'when somebody else removes a container': {
                [`GET /${BUILD}/json`]: CREATED,
                [REMOVAL]: REMOVED_BY_ANOTHER,
                'GET /containers/made/json': cutOff
            }
        })) {
            it(`rejects ${what}, and the next one can go on`, async () => {
                await build.use(answers);
                const stops = await Promise.all([rejection(build.stop()), rejection(build.stop())]);

                for (const error of stops) {
                    assert.equal(error.code, 'DOCKER_ENGINE');
                    assert.equal(error.message, 'Docker: the answer was cut off');
                    assert.equal(error.retryable, true);
                }
            });
        }
    });

    it('rejects if an answer does not come, and the next one can go on', async () => {
        await build.use({ [`GET /${BUILD}/json`]: () => {} }, { timeout: 200 });
        const stops = await Promise.all([rejection(build.stop()), rejection(build.stop())]);

        for (const error of stops) {
            assert.equal(error.code, 'DOCKER_TIMEOUT');
            assert.equal(error.kind, 'timeout');
            assert.equal(error.retryable, true);
        }
    });

    describe('when somebody else removes the container', () => {
        const removed = (...looks: Answer[]) => ({
            [`GET /${BUILD}/json`]: CREATED,
            [REMOVAL]: REMOVED_BY_ANOTHER,
            'GET /containers/made/json': inTurn(...looks)
        });

        it('goes on once it is gone', async () => {
            await build.use(removed(CREATED, GONE));
            await build.stop();
            assert.ok(build.removals().includes(MARK_REMOVAL));
        });

        it('rejects in the end if it is still there', async () => {
            await build.use(removed(CREATED), { timeout: 500 });
            const error = await rejection(build.stop());

            assert.equal(error.code, 'DOCKER_TIMEOUT');
            assert.equal(error.retryable, true);
        });
    });

    describe('about the end of a running build', () => {
        const STOP = 'POST /containers/made/stop';
        const MARK = 'POST /volumes/create';

        /** Uses an engine that sends TERM and then gives this answer to the stop. */
        async function ordered(answer: Answer) {
            let tell!: (event: object) => void;
            const events: Answer = response => {
                response.writeHead(200).flushHeaders();
                tell = event => response.write(`${JSON.stringify(event)}\n`);
            };
            const stop: Answer = response => {
                tell({ Action: 'kill', Actor: { Attributes: { signal: '15' } } });
                answer(response);
            };

            await build.use({ [`GET /${BUILD}/json`]: RUNS, 'GET /events': events, [STOP]: stop });
        }

        it('does not take an event with another signal for its order', async () => {
            let tell!: () => void;

            await build.use({
                [`GET /${BUILD}/json`]: RUNS,
                'GET /events': response => {
                    response.writeHead(200).flushHeaders();
                    tell = () => response.write('{"Action":"kill","Actor":{"Attributes":{"signal":"1"}}}\n');
                },
                [STOP]: response => {
                    tell();
                    setTimeout(() => json(500, { message: 'cannot stop' })(response), 200);
                }
            });
            assert.equal((await rejection(build.stop())).statusCode, 500);
        });

        it('rejects if the engine refuses the order', async () => {
            await build.use({ [`GET /${BUILD}/json`]: RUNS, [STOP]: json(500, { message: 'cannot stop' }) });
            const error = await rejection(build.stop());

            assert.equal(error.code, 'DOCKER_ENGINE');
            assert.equal(error.retryable, true);
            assert.deepEqual(build.removals(), []);
        });

        it('rejects before its order if the engine refuses its events', async () => {
            await build.use({ [`GET /${BUILD}/json`]: RUNS, 'GET /events': json(500, { message: 'busy' }) });
            assert.equal((await rejection(build.stop())).statusCode, 500);
            assert.ok(!build.engine.calls.includes(STOP));
        });

        it('rejects in time if the engine never answers with its events', async () => {
            await build.use({ [`GET /${BUILD}/json`]: RUNS, 'GET /events': () => {} }, { timeout: 200 });
            assert.equal((await rejection(build.stop())).code, 'DOCKER_TIMEOUT');
        });

        it('waits for the answer if the events are cut off', async () => {
            await build.use({ [`GET /${BUILD}/json`]: RUNS, 'GET /events': cutOff });
            await build.stop();
            assert.ok(build.engine.calls.includes(STOP));
        });

        it('resolves if the answer is an error after TERM was sent, and the next stop does what is left', async () => {
            await ordered(response => setTimeout(() => json(500, { message: 'the disk is full' })(response), 50));
            await build.stop();
            assert.ok(build.engine.calls.some(call => call.startsWith(MARK)));
            await until('its failure', async () => {
                await build.stop();

                return build.engine.calls.filter(call => call === STOP).length > 1;
            });
        });

        it('does not wait for an answer after TERM was sent, and a shutdown does not either', async () => {
            await ordered(() => {});
            await build.stop();
            await build.stop();
            assert.equal(build.engine.calls.filter(call => call === STOP).length, 1);
            await build.executor.cleanUp();
        });

        it('leaves the names to whoever has them by then if the answer comes after another stop has removed the build', async () => {
            await ordered(json(204));
            await build.stop();
            await until('its removal', () => build.removals().includes(MARK_REMOVAL));
            assert.deepEqual(build.removals(), [
                'DELETE /containers/made?force=true&v=true',
                'DELETE /volumes/sd-build-7-starting',
                MARK_REMOVAL
            ]);
        });
    });
});
