import assert = require('node:assert/strict');
import { afterEach, beforeEach, describe, it } from 'mocha';
import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { freshBuildId, startConfig, stopConfig } from 'screwdriver-executor-base/testing';
import { timed } from '../../support/figures';
import { images } from '../../images';
import { until } from '../../support/until';
import { buildsOnEngine, emptyEngine } from '../engine';
import { oneBuild } from '../one-build';
import { OPTIONS } from '../options';
import type { Readable } from 'node:stream';

/** Enough for what comes before the end, on a slow machine. */
const STOP_SECONDS = 5;
const GRACE = STOP_SECONDS * 1000;

describe('a stop orders the end of a build and answers', () => {
    const build = oneBuild();

    beforeEach(() => build.use({ stopSeconds: STOP_SECONDS }));

    const printed = async () => (await build.container().logs({ stdout: true, follow: false })).toString();

    /** The end of the build's container, which comes by KILL. An answer before it has not waited for it. */
    function itsEnd() {
        const end = {
            isThere: false,
            code: build
                .container()
                .wait()
                .then(({ StatusCode }: { StatusCode: number }) => {
                    end.isThere = true;

                    return StatusCode;
                })
        };

        return end;
    }

    it('once TERM was sent; the build then has its time to end, and all of it is removed', async () => {
        await build.start(images.build('ignores-term'));
        await until('its launcher', async () => (await printed()).includes('launch'));
        const end = itsEnd();
        const begin = performance.now();

        await build.stop();
        assert.equal(await build.status(), 'The build is being ended.');
        assert.equal(await build.verify(), '');
        assert.equal(end.isThere, false);
        assert.equal(await end.code, 137);
        assert.ok(performance.now() - begin > GRACE - 100);
        await emptyEngine();
        assert.match(await build.status(), /^The build has no container/);
    });

    it('at once if it is repeated, here or elsewhere', async () => {
        await build.start(images.build('ignores-term'));
        const end = itsEnd();

        await build.stop();
        await build.stop();
        await build.another().stop(stopConfig(build.api, { buildId: build.id }));
        assert.equal(end.isThere, false);
        await emptyEngine();
    });

    for (const [where, begin] of Object.entries({
        'in the same process': () => build.executor,
        'in another one': () => build.another()
    })) {
        it(`and a start of the same build waits for its end: ${where}`, async () => {
            const executor = begin();

            await build.start(images.build('ignores-term'));
            const first = await build.container().inspect();
            const ended = build.container().wait();

            await build.stop();
            await executor.start(startConfig(build.api, { buildId: build.id, container: images.build('sleeps') }));
            assert.equal((await ended).StatusCode, 137);
            const second = await build.container().inspect();

            assert.notEqual(second.Id, first.Id);
            assert.match(await build.status(), /running since/);
        });
    }

    it('and a start that waits for its end resolves false when it is stopped, too', async () => {
        await build.start(images.build('ignores-term'));
        const end = itsEnd();

        await build.stop();
        const started = build.start(images.build('sleeps'));

        await build.stop();
        assert.equal(end.isThere, false);
        assert.equal(await started, false);
        await end.code;
        await emptyEngine();
    });

    it('and a shutdown stops waiting for the end after its time limit: the engine has the order', async () => {
        const { executor } = build;

        const shutDown = (steps: unknown) => Object.getPrototypeOf(executor).shutDown.call(executor, steps, 200);

        Object.assign(executor, { shutDown });
        await build.start(images.build('ignores-term'));
        const end = itsEnd();
        const begin = performance.now();

        await build.stop();
        await executor.cleanUp();
        assert.equal(end.isThere, false);
        assert.equal(await end.code, 137);
        assert.ok(performance.now() - begin > GRACE - 100);
    });

    describe('whose executor is killed meanwhile', () => {
        let child: ChildProcessByStdio<null, Readable, null> | undefined;

        afterEach(() => child?.kill('SIGKILL'));

        it('and the engine ends the build nevertheless, and the next executor removes what is left', async () => {
            await build.start(images.build('ignores-term'));
            // At its first look it would remove what the other one leaves.
            await build.executor.cleanUp();
            const ended = build.container().wait();
            const begin = performance.now();
            const config = stopConfig(build.api, { buildId: build.id });

            child = spawn(
                process.execPath,
                ['-r', 'tsx/cjs', join(__dirname, '../stopping'), JSON.stringify(OPTIONS), JSON.stringify(config)],
                { stdio: ['ignore', 'pipe', 'inherit'] }
            );
            assert.equal(String(await once(child.stdout, 'data')), 'answered\n');
            await wait(1_000);
            child.kill('SIGKILL');
            assert.equal((await ended).StatusCode, 137);
            assert.ok(performance.now() - begin > GRACE - 100);
            assert.notDeepEqual(await buildsOnEngine(), []);

            build.use();
            build.id = freshBuildId();
            await build.start(images.build('sleeps'));
            await until('what was left is gone', async () =>
                (await buildsOnEngine()).every(name => name.includes(`-${build.id}`))
            );
        });
    });

    describe('in a host whose process ends with its answer', () => {
        beforeEach(() => build.use({ stopSeconds: STOP_SECONDS, processPerCall: true }));

        it('waits for the end, and leaves nothing to do', async () => {
            await build.start(images.build('ignores-term'));
            assert.ok((await timed(() => build.stop())) > GRACE - 100);
            assert.deepEqual(await buildsOnEngine(), []);
        });
    });
});
