import assert = require('node:assert/strict');
import { once } from 'node:events';
import net = require('node:net');
import { after, before, describe, it } from 'mocha';
import { setTimeout as wait } from 'node:timers/promises';
import { annotations } from '../../support/annotations';
import { until } from '../../support/until';
import { docker } from '../../docker/engine';
import { screwdriver } from '../real';
import type { Build } from '../build';

const WORK = { work: 'echo begun; sleep 300' };
const TEARDOWN = { 'teardown-report': 'echo torn down after $SD_STEP_EXIT_CODE' };
/** A registry that takes connections and never answers. */
const sockets: net.Socket[] = [];
const registry = net.createServer(socket => sockets.push(socket));

/** The different ways in which a user aborts builds. */
const ABORTS = {
    'during a step: ABORTED, with its teardown done and its log complete': async () => {
        const build = await screwdriver.start({ steps: { ...WORK, ...TEARDOWN } });

        await build.hasBegun('work');
        const begin = performance.now();

        assert.equal(await build.abort(), 200);
        // Its grace time is a minute: the answer has not waited for it.
        assert.ok(performance.now() - begin < screwdriver.github.milliseconds + 30_000);
        await build.logHas('teardown-report', 'torn down after 1');
        await build.logHas('work', 'begun');
        await staysAborted(build);
        assert.equal((await build.step('teardown-report')).code, 0);
    },
    'in a job without teardown steps: ABORTED, with its log complete': async () => {
        const build = await screwdriver.start({ steps: WORK });

        await build.hasBegun('work');
        assert.equal(await build.abort(), 200);
        await build.logHas('work', 'begun');
        await staysAborted(build);
    },
    'in the first second of its container: ABORTED': async () => {
        const build = await screwdriver.start({ steps: WORK });

        // With a slow SCM, the API saves an abort that comes just before first, and then overwrites it with RUNNING.
        await build.saysRunning();
        assert.equal(await build.abort(), 200);
        await staysAborted(build);
    },
    'while its start is still pulling: ABORTED, and it never runs': async () => {
        const { length } = sockets;
        const image = `127.0.0.1:${(registry.address() as net.AddressInfo).port}/team/app:1`;
        const build = await screwdriver.start({ steps: WORK, image });

        await until('the pull', () => sockets.length > length);
        assert.equal(await build.abort(), 200);
        await staysAborted(build);
        assert.ok(!(await build.now()).startTime);
    }
};

/** Resolves with the build's container, as soon as it runs. */
async function containerOf(build: Build) {
    const container = docker.getContainer(`sd-build-${build.id}`);

    await until('its container', async () => (await container.inspect().catch(() => {}))?.State.Running);

    return container;
}

/** Asserts that neither the launcher's own report nor an error of the executor later replaces the user's request. */
async function staysAborted(build: Build) {
    await build.isGone();
    await wait(500);
    assert.equal((await build.now()).status, 'ABORTED');
    assert.deepEqual(
        build.operations().filter(({ outcome }) => outcome !== 'success'),
        []
    );
}

describe('a build with the official job tools that does not finish', () => {
    let timedOut: Build;

    before(async () => {
        await once(registry.listen(0, '127.0.0.1'), 'listening');
        // Its check comes last, since the others fill the minute.
        timedOut = await screwdriver.start({
            steps: { ...WORK, ...TEARDOWN },
            annotations: annotations({ timeout: 1, terminationGracePeriodSeconds: 60 })
        });
    });

    after(() => {
        for (const socket of sockets) socket.destroy();
        registry.close();
    });

    for (const milliseconds of [0, 2_000]) {
        describe(`and is aborted by a user, with an SCM that takes ${milliseconds / 1000} s for a commit status`, () => {
            let aborts: PromiseSettledResult<void>[];

            // Concurrent, since most of the time is spent waiting.
            before(async () => {
                screwdriver.github.milliseconds = milliseconds;
                aborts = await Promise.allSettled(Object.values(ABORTS).map(abort => abort()));
                screwdriver.github.milliseconds = 0;
            });

            for (const [at, title] of Object.keys(ABORTS).entries()) {
                it(title, () => {
                    const outcome = aborts[at];

                    if (outcome?.status === 'rejected') throw outcome.reason;
                });
            }
        });
    }

    it('and gets three TERMs at once: FAILURE, after its teardown', async () => {
        const build = await screwdriver.start({ steps: { ...WORK, ...TEARDOWN } });
        const container = await containerOf(build);

        await build.hasBegun('work');
        for (let signal = 0; signal < 3; signal += 1) {
            await container.kill({ signal: 'SIGTERM' });
            await wait(100);
        }
        await build.has('FAILURE');
        assert.equal((await build.step('teardown-report')).code, 0);
    });

    it('and whose API does not answer while it ends: SUCCESS nevertheless', async () => {
        const build = await screwdriver.start({ steps: { work: 'echo begun; sleep 3' } });

        await build.hasBegun('work');
        process.kill(screwdriver.api.pid, 'SIGSTOP');
        await wait(6_000);
        process.kill(screwdriver.api.pid, 'SIGCONT');
        await build.has('SUCCESS');
    });

    it('and takes longer than its minute: the launcher notices, and FAILURE comes after its teardown', async () => {
        await timedOut.has('FAILURE', 200);
        assert.equal((await timedOut.step('work')).code, 3);
        assert.equal((await timedOut.step('teardown-report')).code, 0);
        await timedOut.logHas('teardown-report', 'torn down after 3');
    });
}).timeout(300_000);
