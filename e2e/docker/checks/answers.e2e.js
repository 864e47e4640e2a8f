'use strict';

const assert = require('node:assert/strict');
const { after, afterEach, before, describe, it } = require('mocha');
const { setTimeout: wait } = require('node:timers/promises');
const { startConfig, startTokenApi, statusConfig, stopConfig } = require('screwdriver-executor-base/testing');
const DockerExecutor = require('../../../examples/docker-executor');
const { rejection } = require('../../rejection');
const { until } = require('../../until');
const { cutOff, inTurn, json, startFakeEngine } = require('../fake-engine');

const IMAGE = 'registry.example/team/app:1';
/** The build's container and the one of its job tools, with what makes them and takes them away. */
const BUILD = 'containers/sd-build-7';
const TOOLS = 'containers/sd-build-7-tools';
const VOLUME = 'DELETE /volumes/sd-build-7';
const MAKES_BUILD = 'POST /containers/create?name=sd-build-7';
const MAKES_TOOLS = 'POST /containers/create?name=sd-build-7-tools';

const NAME_IN_USE = json(409, {
    message: 'Conflict. The container name "/sd-build-7" is already in use by container "1"'
});
const REMOVED_BY_ANOTHER = json(409, { message: 'removal of container 1 is already in progress' });
const IN_USE = json(409, { message: 'remove sd-build-7: volume is in use - [1]' });

describe('an engine with answers that are out of the ordinary', () => {
    let api;
    let engine;
    let executor;

    const using = async (answers, options = {}) => {
        engine = await startFakeEngine(answers);
        executor = new DockerExecutor({ docker: { ...engine.docker, ...options } });
    };
    const start = () => executor.start(startConfig(api, { buildId: 7, container: IMAGE }));
    const stop = () => executor.stop(stopConfig(api, { buildId: 7 }));
    const status = () => executor.status(statusConfig(api, { buildId: 7 }));
    const verify = () => executor.verify(startConfig(api, { buildId: 7 }));
    const removals = () => engine.calls.filter(call => call.startsWith('DELETE '));

    before(async () => {
        api = await startTokenApi();
    });

    afterEach(async () => {
        await executor.cleanUp();
        await engine.close();
    });

    after(() => api.close());

    it('sees neither token in the address of a request', async () => {
        await using({});
        await start();
        // A JWT begins so.
        assert.deepEqual(
            engine.calls.filter(call => call.includes('eyJ')),
            []
        );
        assert.ok(engine.calls.includes(MAKES_BUILD));
    });

    describe('to a pull', () => {
        /** It lacks the build's image, and answers the pull so. */
        const pulling = (answer, options) =>
            using({ [`GET /images/${IMAGE}/json`]: json(404, {}), 'POST /images/create': answer }, options);
        const progress = (...lines) => lines.map(line => `${JSON.stringify(line)}\r\n`).join('');
        const begun = progress({ status: 'Pulling from team/app', id: '1' });

        it('that fails after it has begun are not taken for an image', async () => {
            await pulling(response =>
                response.end(begun + progress({ errorDetail: { message: 'no space' }, error: 'write: no space left' }))
            );
            const error = await rejection(start());

            assert.equal(error.code, 'DOCKER_IMAGE');
            assert.equal(error.message, `Image ${IMAGE} cannot be pulled: write: no space left`);
            assert.equal(error.retryable, true);
        });

        it('that are cut off are the fault of the engine, not of the image', async () => {
            await pulling(response => {
                response.write(begun);
                setTimeout(() => response.destroy(), 50);
            });
            const error = await rejection(start());

            assert.equal(error.code, 'DOCKER_ENGINE');
            assert.equal(error.kind, 'engine');
            assert.equal(error.retryable, true);
            assert.match(error.message, /registry\.example\/team\/app:1/);
        });

        it('that are no JSON are the fault of the engine', async () => {
            await pulling(response => response.end(`${begun}<html>\n`));
            const error = await rejection(start());

            assert.equal(error.code, 'DOCKER_ENGINE');
            assert.match(error.message, /registry\.example\/team\/app:1.*JSON/);
        });

        it('that refuse it say why, and that another try is in vain', async () => {
            await pulling(json(500, { message: 'Get "https://registry.example/v2/": no basic auth credentials' }));
            const error = await rejection(start());

            assert.equal(error.code, 'DOCKER_IMAGE');
            assert.match(error.message, /: Get "https:\/\/registry\.example\/v2\/": no basic auth credentials$/);
            assert.equal(error.retryable, false);
        });

        it('that take longer than the timeout of an answer are waited for', async () => {
            await pulling(
                response => {
                    response.write(begun);
                    setTimeout(() => response.end(progress({ status: 'Pull complete', id: '1' })), 600);
                },
                { timeout: 200 }
            );
            await start();
        });

        it('that never come do not keep a stop waiting', async () => {
            await pulling(response => response.write(begun));
            const started = rejection(start());

            await until('the pull', () => engine.calls.includes('POST /images/create'));
            const begin = performance.now();

            await stop();
            assert.equal((await started).code, 'DOCKER_START_CANCELLED');
            assert.ok(performance.now() - begin < 5_000);
        });

        it('that are still to come tell of a start, also where one has failed before', async () => {
            await pulling(inTurn(json(500, { message: 'no space left' }), response => response.write(begun)));
            await rejection(start());
            assert.match(await status(), /could not be pulled/);
            const started = rejection(start());

            await until('the pull', () => engine.calls.filter(call => call === 'POST /images/create').length === 2);
            assert.equal(await status(), 'The build is being started.');
            assert.equal(await verify(), '');
            await stop();
            await started;
            assert.match(await status(), /^The build has no container/);
            assert.match(await verify(), /^The build has no container/);
        });
    });

    describe('when a container is to be made', () => {
        it('that name an image which is not there are passed on with its name', async () => {
            await using({ [MAKES_TOOLS]: json(404, { message: 'No such image: screwdrivercd/launcher:stable' }) });
            const error = await rejection(start());

            assert.equal(error.code, 'DOCKER_IMAGE');
            assert.match(error.message, /^Image screwdrivercd\/launcher:stable /);
        });

        it('that come after the timeout of an answer are waited for', async () => {
            const late = json(201, { Id: 'made' });

            await using({ [MAKES_TOOLS]: response => void wait(600).then(() => late(response)) }, { timeout: 200 });
            await start();
        });

        for (const [what, answers] of Object.entries({
            'do not come': { [MAKES_TOOLS]: response => response.destroy() },
            'cease with it': { [`GET /${BUILD}/json`]: inTurn(json(404, {}), json(500, {})) }
        })) {
            it(`that ${what} leave nothing that this start has made`, async () => {
                await using({
                    ...answers,
                    'GET /containers/json': json(200, [{ Id: 'made' }]),
                    'GET /volumes': json(200, { Volumes: [{ Name: 'sd-build-7' }] })
                });
                const error = await rejection(start());

                assert.equal(error.code, 'DOCKER_ENGINE');
                assert.deepEqual(removals(), ['DELETE /containers/made?force=true&v=true', VOLUME]);
            });

            it(`that ${what} touch nothing that another start has made`, async () => {
                await using(answers);
                const error = await rejection(start());

                assert.equal(error.code, 'DOCKER_ENGINE');
                assert.deepEqual(removals(), []);
            });
        }

        for (const [what, makes] of Object.entries({ 'job tools': MAKES_TOOLS, container: MAKES_BUILD })) {
            it(`that the name of its ${what} is taken leave the build alone that has it`, async () => {
                await using({ [makes]: NAME_IN_USE });
                const error = await rejection(start());

                assert.equal(error.code, 'DOCKER_BUILD_EXISTS');
                assert.deepEqual(removals(), []);
            });
        }

        it('that another process has started the build meanwhile leave that build alone', async () => {
            await using({ [`GET /${BUILD}/json`]: inTurn(json(404, {}), json(200, { State: {} })) });
            api.failNext(403);
            const error = await rejection(start());

            // The fault is for the exchange, which is not come to.
            assert.equal(error.code, 'DOCKER_BUILD_EXISTS');
            assert.deepEqual(removals(), []);
            await assert.rejects(executor.exchangeTokenForBuild(startConfig(api, { buildId: 7 })), { statusCode: 403 });
        });
    });

    it('to the start of a container are not all about the launch script', async () => {
        await using({
            'POST /containers/made/start': json(500, { message: 'mkdir /sys/fs/cgroup/1: no such file or directory' })
        });
        const error = await rejection(start());

        assert.equal(error.code, 'DOCKER_ENGINE');
        assert.equal(error.kind, 'engine');
    });

    describe('that are cut off in the midst of their body', () => {
        for (const [what, answers] of Object.entries({
            'when it is asked for a container': { [`GET /${BUILD}/json`]: cutOff },
            'when a container is to be removed': { [`DELETE /${BUILD}`]: cutOff },
            'when somebody else removes a container': {
                [`DELETE /${BUILD}`]: REMOVED_BY_ANOTHER,
                [`GET /${BUILD}/json`]: inTurn(json(404, {}), cutOff),
                [`POST /${BUILD}/wait`]: cutOff
            }
        })) {
            it(`${what} reject the stop, and the next one can go on`, async () => {
                await using(answers, { timeout: 500 });
                const stops = await Promise.all([rejection(stop()), rejection(stop())]);

                for (const error of stops) {
                    assert.equal(error.code, 'DOCKER_TIMEOUT');
                    assert.equal(error.kind, 'timeout');
                    assert.equal(error.retryable, true);
                }
            });
        }
    });

    describe('when somebody else removes the container', () => {
        const removed = (...looks) => ({
            [`DELETE /${BUILD}`]: REMOVED_BY_ANOTHER,
            [`GET /${BUILD}/json`]: inTurn(json(404, {}), json(200, { Id: 'old' })),
            'GET /containers/old/json': inTurn(...looks)
        });

        it('that it is gone at last, whatever has its name by then, let the stop go on', async () => {
            await using(removed(json(200, { Id: 'old' }), json(404, {})));
            await stop();
            assert.ok(removals().includes(VOLUME));
        });

        it('that it is still there reject the stop in the end', async () => {
            await using(removed(json(200, { Id: 'old' })), { timeout: 500 });
            const error = await rejection(stop());

            assert.equal(error.code, 'DOCKER_TIMEOUT');
            assert.equal(error.retryable, true);
        });
    });

    describe('when a volume is to be removed', () => {
        it('that it is in use again make the stop go once more through the containers', async () => {
            await using({ [VOLUME]: inTurn(IN_USE, json(204)) });
            await stop();
            const once = [`DELETE /${BUILD}?force=true&v=true`, `DELETE /${TOOLS}?force=true&v=true`, VOLUME];

            assert.deepEqual(removals(), [...once, ...once]);
        });

        it('that it stays in use reject the stop with an error that says to try again', async () => {
            await using({ [VOLUME]: IN_USE });
            const error = await rejection(stop());

            assert.equal(error.code, 'DOCKER_ENGINE');
            assert.equal(error.statusCode, 409);
            assert.equal(error.retryable, true);
            assert.equal(engine.calls.filter(call => call === VOLUME).length, 2);
        });
    });
});
