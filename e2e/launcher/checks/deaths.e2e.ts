import assert = require('node:assert/strict');
import { exec } from 'node:child_process';
import https = require('node:https');
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { promisify } from 'node:util';
import { after, before, describe, it } from 'mocha';
import { certificate, keyOf } from '../../../test/exchange/certificates';
import { annotations } from '../../support/annotations';
import { openGate } from '../../support/gate';
import { until } from '../../support/until';
import { docker } from '../../docker/engine';
import { OwnExecutor, signalLauncher, type OwnBuild } from '../own-executor';
import { screwdriver, type Steps } from '../real';
import type { StartConfig, TimerConfig } from 'screwdriver-executor-base';
import type { Build } from '../build';

/** On this machine, where the engine of these checks runs, too. */
const AUTHORITY = join(__dirname, '../../../test/exchange/certificates/authority.pem');
const WORK = { work: 'echo begun; sleep 3600' };
const AN_HOUR = annotations({ timeout: 60 });
/** Seconds for two looks, which are 15 s apart, and a report, which is retried for a minute. */
const LOOKS = 180;

/** A build of an executor in this process, and its own connection to the API, which can be shut. */
async function onOwnWay(steps: Steps, overrides: Partial<StartConfig> = {}) {
    const gate = await openGate(screwdriver.api.uri);
    const own = await executor.start(steps, { apiUri: gate.uri, annotations: AN_HOUR, ...overrides });

    return { ...own, gate };
}

/** Makes a timer fire at once: it takes the build as running for hours already. */
function ring({ startTimer }: Pick<OwnBuild, 'startTimer'>, hours: number, config: Partial<TimerConfig> = {}) {
    return startTimer({ startTime: new Date(Date.now() - hours * 3_600_000).toISOString(), ...config });
}

function hasEnded(name: string) {
    return until(
        `the end of ${name}`,
        async () => (await docker.getContainer(name).inspect()).State.Running === false,
        LOOKS
    );
}

let executor: OwnExecutor;

/** How builds die. They run concurrently, since most of the time is spent waiting for the looks. */
const DEATHS = {
    "whose launcher is killed: FAILURE with the engine's reason": async () => {
        const build = await screwdriver.start({ steps: WORK, annotations: AN_HOUR });

        await build.hasBegun('work');
        await signalLauncher(`sd-build-${build.id}`, 'SIGKILL');
        const { statusMessage } = await build.has('FAILURE', LOOKS);

        assert.equal(statusMessage, `The build's container ended with exit code 137: it was ended by SIGKILL.`);
        await build.isGone();
    },
    'whose launcher gets a TERM from somebody else while it sets up: FAILURE with the reason': async () => {
        // The answer to RUNNING is this late. The launcher waits for it before its first step.
        const build = await screwdriver.start({ steps: WORK, annotations: AN_HOUR, scmDelay: 10_000 });

        await build.saysRunning();
        await docker.getContainer(`sd-build-${build.id}`).kill({ signal: 'SIGTERM' });
        const { statusMessage } = await build.has('FAILURE', LOOKS);

        assert.equal(statusMessage, `The build's container ended with exit code 143: it was ended by SIGTERM.`);
        await build.isGone();
    },
    'that does not trust the API over https: FAILURE with the last line of its launcher': async () => {
        const gate = await openGate(screwdriver.api.uri, { cert: certificate('trusted'), key: keyOf('trusted') });
        const { build, ...own } = await executor.start(WORK, { apiUri: gate.uri });
        const { statusMessage } = await build.has('FAILURE', LOOKS);

        assert.match(
            statusMessage!,
            /^The launcher of the build has ended without telling .* Its last line: .*certificate/
        );
        await own.isGone();
        await gate.shut();
    },
    'that is told whom to trust over https: SUCCESS': async () => {
        const trusting = new OwnExecutor({ caFile: AUTHORITY });
        const gate = await openGate(screwdriver.api.uri, { cert: certificate('trusted'), key: keyOf('trusted') });
        const { build, ...own } = await trusting.start({ work: 'echo at work' }, { apiUri: gate.uri });

        await build.has('SUCCESS');
        await own.stop();
        await own.isGone();
        await trusting.close();
        await gate.shut();
    },
    'with a step that runs out of memory: FAILURE by its launcher, and the status names the memory': async () => {
        const steps = { work: 'tail /dev/zero' };
        const { build, ...own } = await executor.start(steps, { annotations: annotations({ ram: 0.25 }) });

        assert.ok(!(await build.has('FAILURE')).statusMessage);
        assert.equal((await build.step('work')).code, 137);
        await hasEnded(own.name);
        assert.match(await own.status(), /^A step of the build ran out of memory: it may use 0\.25 GB\./);
        await own.stop();
        await own.isGone();
    },
    'whose API is unreachable when its launcher reports: FAILURE as soon as the API is back': async () => {
        const { build, gate, ...own } = await onOwnWay({ work: 'echo begun; sleep 10' });

        await build.hasBegun('work');
        await gate.shut();
        await hasEnded(own.name);
        assert.equal((await build.now()).status, 'RUNNING');
        await gate.open();
        assert.match(
            (await build.has('FAILURE', LOOKS)).statusMessage!,
            /^The launcher of the build has ended without/
        );
        await own.isGone();
        await gate.shut();
    },
    // Three minutes would not differ: a report is tried for one, and then the build is ended.
    'whose API is unreachable when its timer fires: it is ended, and FAILURE as soon as the API is back': async () => {
        const { build, gate, ...own } = await onOwnWay(WORK);

        await build.hasBegun('work');
        await gate.shut();
        await ring(own, 2, { annotations: AN_HOUR });
        await hasEnded(own.name);
        assert.equal((await build.now()).status, 'RUNNING');
        await gate.open();
        const { statusMessage } = await build.has('FAILURE', LOOKS);

        assert.equal(statusMessage, 'The build took longer than its timeout of 60 minutes.');
        await own.isGone();
        await gate.shut();
    },
    'that is aborted with a slow SCM while a second executor watches: it stays ABORTED': async () => {
        const other = new OwnExecutor({ prefix: executor.prefix });
        const { build, ...own } = await executor.start(WORK);

        await build.hasBegun('work');
        screwdriver.github.delays.set(build.context, 10_000);
        const aborted = build.abort();

        // As the executor of the API does.
        await own.stop();
        assert.equal(await aborted, 200);
        await own.isGone();
        // Long enough for the looks that would take it for dead.
        await wait(40_000);
        assert.equal((await build.now()).status, 'ABORTED');
        await other.close();
    },
    'of twelve hours, whose first token is dead when its timer fires: FAILURE by its own token': async () => {
        const twelveHours = annotations({ timeout: 720 });
        const { build, ...own } = await executor.start(WORK, { annotations: twelveHours });

        await build.hasBegun('work');
        await ring(own, 13, { annotations: twelveHours, token: 'dead' });
        const { statusMessage } = await build.has('FAILURE');

        assert.equal(statusMessage, 'The build took longer than its timeout of 720 minutes.');
        await own.isGone();
    }
};

/** Builds that survive a shutdown and a kill of the API. */
let late: Build;
let aborted: Build;
const { ca } = https.globalAgent.options;
let exitCode: unknown;
let deaths: Promise<PromiseSettledResult<void>[]>;

// Before the checks of all files, so that the slow work runs beside them.
before(async function () {
    this.timeout(300_000);
    const { api } = screwdriver;

    late = await screwdriver.start({ steps: WORK, annotations: annotations({ timeout: 1 }) });
    aborted = await screwdriver.start({ steps: { ...WORK, 'teardown-slow': 'sleep 40' } });
    for (const build of [late, aborted]) await build.hasBegun('work');
    // So that the launcher does not see its own timeout.
    await signalLauncher(`sd-build-${late.id}`, 'SIGSTOP');
    assert.equal(await aborted.abort(), 200);
    await wait(1_000);
    exitCode = await api.stop();
    await api.boot();
    await api.kill();
    await api.boot();
    executor = new OwnExecutor();
    https.globalAgent.options.ca = certificate('authority');
    deaths = Promise.allSettled(Object.values(DEATHS).map(die => die()));
});

after(async () => {
    https.globalAgent.options.ca = ca;
    await executor?.close();
});

describe('a build with the official job tools that nobody ends', () => {
    for (const [at, title] of Object.keys(DEATHS).entries()) {
        it(title, async () => {
            const outcome = (await deaths)[at];

            if (outcome?.status === 'rejected') throw outcome.reason;
        });
    }

    it('survives a shutdown and a kill of the API: its timer is restored without a call', async () => {
        const { statusMessage } = await late.has('FAILURE', 200);

        assert.equal(statusMessage, 'The build took longer than its timeout of 1 minutes.');
        await late.isGone();
    });

    it('is aborted just before the API shuts down: the API exits with 0, and the next one removes what is left', async () => {
        assert.equal(exitCode, 0);
        await aborted.isGone();
        assert.equal((await aborted.now()).status, 'ABORTED');
    });

    it('whose engine is killed and comes back: FAILURE with the reason', async function () {
        const command = process.env.DOCKER_RESTART;

        if (!command) {
            console.log('      not run: DOCKER_RESTART does not say how this engine is killed and started again');
            return this.skip();
        }
        const build = await screwdriver.start({ steps: WORK, annotations: AN_HOUR });

        await build.hasBegun('work');
        // The engine gives it its grace time when it comes back, which this launcher does not use.
        await signalLauncher(`sd-build-${build.id}`, 'SIGSTOP');
        await promisify(exec)(command);
        const { statusMessage } = await build.has('FAILURE', LOOKS);

        assert.match(statusMessage!, /^The build's container ended with exit code 137|is gone/);
        await build.isGone();
    });
}).timeout(400_000);
