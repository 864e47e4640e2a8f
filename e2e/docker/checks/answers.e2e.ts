import assert = require('node:assert/strict');
import { describe, it } from 'mocha';
import { setTimeout as wait } from 'node:timers/promises';
import { startConfig } from 'screwdriver-executor-base/testing';
import { rejection } from '../../support/rejection';
import { until } from '../../support/until';
import { GONE, TOOLS, inTurn, json, type Answer, type Answers } from '../fake-engine';
import { FILLS, IMAGE, KEEPER, onFakeEngine, TOOLS_VOLUME } from '../on-fake-engine';
import { setStatus } from '../../support/status';

/** The build's container, and what makes it. */
const BUILD = 'containers/sd-build-7';
const MAKES_BUILD = 'POST /containers/create?name=sd-build-7';

/** What a start has made, by its label. */
const MADE = { 'GET /containers/json': json(200, [{ Id: 'made' }]) };
const NO_VOLUME = json(404, { message: 'get: no such volume' });
/** Job tools that are there as soon as they are made. */
const NO_TOOLS = () => ({ [KEEPER]: inTurn(GONE, TOOLS) });
/** What another start has made. */
const OTHER = json(200, { Id: 'other', State: { Status: 'created' } });
const NAME_IN_USE = json(409, {
    message: 'Conflict. The container name "/sd-build-7" is already in use by container "1"'
});

describe('a start on an engine with answers that are out of the ordinary', () => {
    const build = onFakeEngine();

    it('sees neither token in the address of a request', async () => {
        await build.use({});
        await build.start();
        // A JWT begins so.
        assert.deepEqual(
            build.engine.calls.filter(call => call.includes('eyJ')),
            []
        );
        assert.ok(build.engine.calls.includes(MAKES_BUILD));
    });

    it('is asked nothing about an image whose name leads to another address', async () => {
        await build.use({});
        const config = { buildId: 7, container: '../../v1.40/containers/x?' };
        const error = await rejection(build.executor.start(startConfig(build.api, config)));

        assert.equal(error.code, 'DOCKER_IMAGE');
        assert.equal(error.kind, 'image');
        assert.equal(error.retryable, false);
        assert.deepEqual(
            build.engine.calls.filter(call => call.includes('v1.40')),
            []
        );
    });

    it('has nothing of a build whose annotation is an object', async () => {
        await build.use({});
        const config = { buildId: 7, container: IMAGE, annotations: { 'screwdriver.cd/cpu': { cores: 2 } } };
        const error = await rejection(build.executor.start(startConfig(build.api, config)));

        assert.equal(error.code, 'EXECUTOR_ANNOTATION');
        assert.match(await build.verify(), /^The annotation screwdriver\.cd\/cpu must be a word or a number/);
        assert.ok(!build.engine.calls.includes(MAKES_BUILD));
    });

    describe('to a pull', () => {
        /** It lacks the build's image, and answers the pull so. */
        const pulling = (answer: Answer, options = {}) =>
            build.use({ [`GET /images/${IMAGE}/json`]: json(404, {}), 'POST /images/create': answer }, options);
        const progress = (...lines: object[]) => lines.map(line => `${JSON.stringify(line)}\r\n`).join('');
        const begun = progress({ status: 'Pulling from team/app', id: '1' });

        it('that fails after it has begun are not taken for an image', async () => {
            await pulling(response =>
                response.end(begun + progress({ errorDetail: { message: 'no space' }, error: 'write: no space left' }))
            );
            const error = await rejection(build.start());

            assert.equal(error.code, 'DOCKER_IMAGE');
            assert.equal(error.message, `Image ${IMAGE} cannot be pulled: write: no space left`);
            assert.equal(error.retryable, true);
        });

        it('that are cut off are the fault of the engine, not of the image', async () => {
            await pulling(response => {
                response.write(begun);
                setTimeout(() => response.destroy(), 50);
            });
            const error = await rejection(build.start());

            assert.equal(error.code, 'DOCKER_ENGINE');
            assert.equal(error.kind, 'engine');
            assert.equal(error.retryable, true);
            assert.match(error.message, /registry\.example\/team\/app:1/);
        });

        it('that are no JSON are the fault of the engine', async () => {
            await pulling(response => response.end(`${begun}<html>\n`));
            const error = await rejection(build.start());

            assert.equal(error.code, 'DOCKER_ENGINE');
            assert.match(error.message, /registry\.example\/team\/app:1.*JSON/);
        });

        it('that refuse it say why, and that another try is in vain', async () => {
            await pulling(json(500, { message: 'Get "https://registry.example/v2/": no basic auth credentials' }));
            const error = await rejection(build.start());

            assert.equal(error.code, 'DOCKER_IMAGE');
            assert.match(error.message, /: Get "https:\/\/registry\.example\/v2\/": no basic auth credentials$/);
            assert.equal(error.retryable, false);
        });

        it('that take longer than the timeout of an answer are waited for', async () => {
            await pulling(
                response => {
                    response.write(begun);
                    setTimeout(() => response.end(progress({ status: 'Pull complete', id: '1' })), 2_000);
                },
                { timeout: 1_000 }
            );
            await build.start();
        });

        it('that never come do not keep a stop waiting', async () => {
            await pulling(response => response.write(begun));
            const started = build.start();

            await until('the pull', () => build.engine.calls.includes('POST /images/create'));
            await build.stop();
            assert.equal(await started, false);
        });

        it('that are still to come tell of a start, also where one has failed before', async () => {
            await pulling(inTurn(json(500, { message: 'no space left' }), response => response.write(begun)));
            await rejection(build.start());
            assert.match(await build.status(), /could not be pulled/);
            const started = build.start();

            await until(
                'the pull',
                () => build.engine.calls.filter(call => call === 'POST /images/create').length === 2
            );
            assert.equal(await build.status(), 'The build is being started.');
            assert.equal(await build.verify(), '');
            await build.stop();
            assert.equal(await started, false);
            assert.match(await build.status(), /^The build has no container/);
            assert.match(await build.verify(), /^The build has no container/);
        });
    });

    describe('when a container is to be made', () => {
        it('that name an image which is not there are passed on with its name', async () => {
            await build.use({
                [KEEPER]: GONE,
                [FILLS]: json(404, { message: 'No such image: screwdrivercd/launcher:stable' })
            });
            const error = await rejection(build.start());

            assert.equal(error.code, 'DOCKER_IMAGE');
            assert.match(error.message, /^Image screwdrivercd\/launcher:stable /);
        });

        it('that come after the timeout of an answer are waited for', async () => {
            const late = json(201, { Id: 'made' });

            await build.use(
                { ...NO_TOOLS(), [FILLS]: response => void wait(2_000).then(() => late(response)) },
                { timeout: 1_000 }
            );
            await build.start();
        });

        it('that the job tools were made meanwhile by another start leave nothing of those made here', async () => {
            await build.use({ ...NO_TOOLS(), 'POST /containers/made/rename': NAME_IN_USE });
            await build.start();
            assert.deepEqual(build.removals(), [TOOLS_VOLUME, 'DELETE /containers/made?force=true&v=true']);
        });

        for (const [what, answers] of Object.entries<() => Answers>({
            'do not come': () => ({ [MAKES_BUILD]: response => response.destroy() }),
            'cease with it': () => ({ [`GET /${BUILD}/json`]: inTurn(GONE, GONE, json(500, {})) })
        })) {
            it(`that ${what} leave nothing that this start has made`, async () => {
                await build.use({ ...answers(), ...MADE });
                const error = await rejection(build.start());

                assert.equal(error.code, 'DOCKER_ENGINE');
                assert.deepEqual(build.removals(), ['DELETE /containers/made?v=true']);
            });

            it(`that ${what} touch nothing that another start has made`, async () => {
                await build.use(answers());
                const error = await rejection(build.start());

                assert.equal(error.code, 'DOCKER_ENGINE');
                assert.deepEqual(build.removals(), []);
            });
        }

        for (const [what, answers] of Object.entries({
            'job tools': { [FILLS]: NAME_IN_USE, [KEEPER]: inTurn(GONE, GONE, OTHER) },
            container: { [MAKES_BUILD]: NAME_IN_USE, [`GET /${BUILD}/json`]: inTurn(GONE, GONE, GONE, GONE, OTHER) }
        })) {
            it(`that the name of its ${what} is taken have the start go on with that one, once it is there`, async () => {
                await build.use({ 'GET /containers/other/json': OTHER, ...answers });
                await build.start();
                const runs = what === 'container' ? 'other' : 'made';

                assert.ok(build.engine.calls.includes(`POST /containers/${runs}/start`));
                assert.equal(build.engine.calls.filter(call => Object.keys(answers)[0] === call).length, 2);
                assert.ok(build.removals().every(call => call === TOOLS_VOLUME));
            });
        }

        it('that its name is neither free nor taken by a container do not keep a stop waiting', async () => {
            await build.use({ [KEEPER]: GONE, [FILLS]: NAME_IN_USE });
            const started = build.start();

            await until('the making', () => build.engine.calls.includes(FILLS));
            await build.stop();
            assert.equal(await started, false);
        });

        it('that its name is neither free nor taken by a container make it reject in the end', async () => {
            await build.use({ [KEEPER]: GONE, [FILLS]: NAME_IN_USE }, { timeout: 100 });
            const error = await rejection(build.start());

            assert.equal(error.code, 'DOCKER_TIMEOUT');
            assert.equal(error.retryable, true);
        });

        for (const [what, answer] of Object.entries({
            'is not there': json(404, { message: 'get sd-tools: no such volume' }),
            'is in use': json(409, { message: 'remove sd-tools: volume is in use - [1]' }),
            'is gone now': json(204)
        })) {
            it(`that a volume of their name ${what} come before the job tools, and the start goes on`, async () => {
                await build.use({ ...NO_TOOLS(), [TOOLS_VOLUME]: answer });
                await build.start();
                const at = (call: string) => build.engine.calls.findIndex(made => made.startsWith(call));
                const removal = at(TOOLS_VOLUME);

                assert.ok(removal >= 0 && removal < at(FILLS));
            });
        }

        for (const [what, state] of Object.entries({
            runs: { Status: 'running', Running: true },
            'has ended by now': { Status: 'exited', ExitCode: 0 }
        })) {
            it(`that another start has brought the build up, which ${what}, have the start resolve`, async () => {
                const up = json(200, { Id: 'other', State: state, Config: {}, HostConfig: {} });

                await build.use({ [`GET /${BUILD}/json`]: inTurn(GONE, GONE, GONE, up) });
                const { length } = build.api.requests;

                setStatus(build.api, 7, 'RUNNING');
                assert.equal(await build.start(), undefined);
                setStatus(build.api, 7, 'QUEUED');
                assert.ok(!build.engine.calls.some(call => call.endsWith('/start')));
                assert.ok(build.api.requests.slice(length).every(({ status }) => status === 403));
            });
        }
    });

    describe('of which another process has the build stopped', () => {
        for (const [what, answers] of Object.entries({
            'before its container was looked at': { [`GET /${BUILD}/json`]: GONE, ...MADE },
            'before its container was started': { 'GET /volumes/sd-build-7-starting': NO_VOLUME, ...MADE },
            'after that': { 'POST /containers/made/start': json(404, { message: 'No such container: made' }), ...MADE }
        })) {
            it(`${what} make no failure of the build, which does not run`, async () => {
                await build.use(answers);
                assert.equal(await build.start(), false);
                assert.equal(build.engine.calls.includes('POST /containers/made/start'), what === 'after that');
                assert.equal(await build.verify(), 'The build was stopped before it had started.');
            });
        }
    });

    it('to the start of a container are not all about the launch script', async () => {
        await build.use({
            'POST /containers/made/start': json(500, { message: 'mkdir /sys/fs/cgroup/1: no such file or directory' })
        });
        const error = await rejection(build.start());

        assert.equal(error.code, 'DOCKER_ENGINE');
        assert.equal(error.kind, 'engine');
    });
});
