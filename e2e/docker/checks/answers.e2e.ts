import assert = require('node:assert/strict');
import { describe, it } from 'mocha';
import { setTimeout as wait } from 'node:timers/promises';
import { startConfig } from 'screwdriver-executor-base/testing';
import { rejection } from '../../support/rejection';
import { until } from '../../support/until';
import { GONE, TOOLS, inTurn, json, type Answer, type Answers } from '../fake-engine';
import { FILLS, IMAGE, KEEPER, onFakeEngine, TOOLS_VOLUME } from '../on-fake-engine';
import { setStatus } from '../../support/status';

/** The build's container, and the request that creates it. */
const BUILD = 'containers/sd-build-7';
const MAKES_BUILD = 'POST /containers/create?name=sd-build-7';

/** What a start has created, found by its label. */
const MADE = { 'GET /containers/json': json(200, [{ Id: 'made' }]) };
const NO_VOLUME = json(404, { message: 'get: no such volume' });
/** Job tools that exist as soon as they are created. */
const NO_TOOLS = () => ({ [KEEPER]: inTurn(GONE, TOOLS) });
/** What another start has created. */
const OTHER = json(200, { Id: 'other', State: { Status: 'created' } });
const NAME_IN_USE = json(409, {
    message: 'Conflict. The container name "/sd-build-7" is already in use by container "1"'
});

describe('a start on an engine with unusual answers', () => {
    const build = onFakeEngine();

    it('puts neither token into the URL of a request', async () => {
        await build.use({});
        await build.start();
        // A JWT begins like this.
        assert.deepEqual(
            build.engine.calls.filter(call => call.includes('eyJ')),
            []
        );
        assert.ok(build.engine.calls.includes(MAKES_BUILD));
    });

    it('asks nothing about an image whose name leads to another URL', async () => {
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

    it('creates nothing for a build whose annotation is an object', async () => {
        await build.use({});
        const config = { buildId: 7, container: IMAGE, annotations: { 'screwdriver.cd/cpu': { cores: 2 } } };
        const error = await rejection(build.executor.start(startConfig(build.api, config)));

        assert.equal(error.code, 'EXECUTOR_ANNOTATION');
        assert.match(await build.verify(), /^The annotation screwdriver\.cd\/cpu must be a word or a number/);
        assert.ok(!build.engine.calls.includes(MAKES_BUILD));
    });

    describe('to a pull', () => {
        /** Uses an engine without the build's image that gives this answer to the pull. */
        const pulling = (answer: Answer, options = {}) =>
            build.use({ [`GET /images/${IMAGE}/json`]: json(404, {}), 'POST /images/create': answer }, options);
        const progress = (...lines: object[]) => lines.map(line => `${JSON.stringify(line)}\r\n`).join('');
        const begun = progress({ status: 'Pulling from team/app', id: '1' });

        it('rejects if the pull fails after it has begun', async () => {
            await pulling(response =>
                response.end(begun + progress({ errorDetail: { message: 'no space' }, error: 'write: no space left' }))
            );
            const error = await rejection(build.start());

            assert.equal(error.code, 'DOCKER_IMAGE');
            assert.equal(error.message, `Image ${IMAGE} cannot be pulled: write: no space left`);
            assert.equal(error.retryable, true);
        });

        it('blames the engine, not the image, if the answer is cut off', async () => {
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

        it('blames the engine if the answer is not JSON', async () => {
            await pulling(response => response.end(`${begun}<html>\n`));
            const error = await rejection(build.start());

            assert.equal(error.code, 'DOCKER_ENGINE');
            assert.match(error.message, /registry\.example\/team\/app:1.*JSON/);
        });

        it('says why the pull was refused, and that another try is useless', async () => {
            await pulling(json(500, { message: 'Get "https://registry.example/v2/": no basic auth credentials' }));
            const error = await rejection(build.start());

            assert.equal(error.code, 'DOCKER_IMAGE');
            assert.match(error.message, /: Get "https:\/\/registry\.example\/v2\/": no basic auth credentials$/);
            assert.equal(error.retryable, false);
        });

        it('waits for a pull that takes longer than the timeout of an answer', async () => {
            await pulling(
                response => {
                    response.write(begun);
                    setTimeout(() => response.end(progress({ status: 'Pull complete', id: '1' })), 2_000);
                },
                { timeout: 1_000 }
            );
            await build.start();
        });

        it('does not keep a stop waiting if the pull never ends', async () => {
            await pulling(response => response.write(begun));
            const started = build.start();

            await until('the pull', () => build.engine.calls.includes('POST /images/create'));
            await build.stop();
            assert.equal(await started, false);
        });

        it('is reported as starting during the pull, also if an earlier one has failed', async () => {
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

    describe('when it creates a container', () => {
        it('names the image if the engine does not have it', async () => {
            await build.use({
                [KEEPER]: GONE,
                [FILLS]: json(404, { message: 'No such image: screwdrivercd/launcher:stable' })
            });
            const error = await rejection(build.start());

            assert.equal(error.code, 'DOCKER_IMAGE');
            assert.match(error.message, /^Image screwdrivercd\/launcher:stable /);
        });

        it('waits for an answer that comes after the timeout of an answer', async () => {
            const late = json(201, { Id: 'made' });

            await build.use(
                { ...NO_TOOLS(), [FILLS]: response => void wait(2_000).then(() => late(response)) },
                { timeout: 1_000 }
            );
            await build.start();
        });

        it('leaves nothing of its job tools if another start has created them meanwhile', async () => {
            await build.use({ ...NO_TOOLS(), 'POST /containers/made/rename': NAME_IN_USE });
            await build.start();
            assert.deepEqual(build.removals(), [TOOLS_VOLUME, 'DELETE /containers/made?force=true&v=true']);
        });

        for (const [what, answers] of Object.entries<() => Answers>({
            'does not come': () => ({ [MAKES_BUILD]: response => response.destroy() }),
            'is the last one': () => ({ [`GET /${BUILD}/json`]: inTurn(GONE, GONE, json(500, {})) })
        })) {
            it(`removes what it has created if the answer ${what}`, async () => {
                await build.use({ ...answers(), ...MADE });
                const error = await rejection(build.start());

                assert.equal(error.code, 'DOCKER_ENGINE');
                assert.deepEqual(build.removals(), ['DELETE /containers/made?v=true']);
            });

            it(`does not touch what another start has created if the answer ${what}`, async () => {
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
            it(`goes on with the other ${what}, once created, if the name is taken`, async () => {
                await build.use({ 'GET /containers/other/json': OTHER, ...answers });
                await build.start();
                const runs = what === 'container' ? 'other' : 'made';

                assert.ok(build.engine.calls.includes(`POST /containers/${runs}/start`));
                assert.equal(build.engine.calls.filter(call => Object.keys(answers)[0] === call).length, 2);
                assert.ok(build.removals().every(call => call === TOOLS_VOLUME));
            });
        }

        it('does not keep a stop waiting if its name is neither free nor taken by a container', async () => {
            await build.use({ [KEEPER]: GONE, [FILLS]: NAME_IN_USE });
            const started = build.start();

            await until('the making', () => build.engine.calls.includes(FILLS));
            await build.stop();
            assert.equal(await started, false);
        });

        it('rejects in the end if its name is neither free nor taken by a container', async () => {
            await build.use({ [KEEPER]: GONE, [FILLS]: NAME_IN_USE }, { timeout: 100 });
            const error = await rejection(build.start());

            assert.equal(error.code, 'DOCKER_TIMEOUT');
            assert.equal(error.retryable, true);
        });

        for (const [what, answer] of Object.entries({
            'does not exist': json(404, { message: 'get sd-tools: no such volume' }),
            'is in use': json(409, { message: 'remove sd-tools: volume is in use - [1]' }),
            'is gone now': json(204)
        })) {
            it(`removes a volume with the name of the job tools first, and goes on if that ${what}`, async () => {
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
            it(`resolves if another start has brought the build up, which ${what}`, async () => {
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

    describe('whose build another process stops', () => {
        for (const [what, answers] of Object.entries({
            'before its container was looked at': { [`GET /${BUILD}/json`]: GONE, ...MADE },
            'before its container was started': { 'GET /volumes/sd-build-7-starting': NO_VOLUME, ...MADE },
            'after that': { 'POST /containers/made/start': json(404, { message: 'No such container: made' }), ...MADE }
        })) {
            it(`is not a failure of the build, which does not run: ${what}`, async () => {
                await build.use(answers);
                assert.equal(await build.start(), false);
                assert.equal(build.engine.calls.includes('POST /containers/made/start'), what === 'after that');
                assert.equal(await build.verify(), 'The build was stopped before it had started.');
            });
        }
    });

    it('does not blame the launch script for every error at the start of a container', async () => {
        await build.use({
            'POST /containers/made/start': json(500, { message: 'mkdir /sys/fs/cgroup/1: no such file or directory' })
        });
        const error = await rejection(build.start());

        assert.equal(error.code, 'DOCKER_ENGINE');
        assert.equal(error.kind, 'engine');
    });
});
