import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import ProcessExecutor = require('screwdriver-executor-process');
import { startConfig, statusConfig, stopConfig, verifyConfig } from 'screwdriver-executor-base/testing';
import { Fixture, until } from './fixture';
import { startElsewhere } from './other-user';
import { isAlive, processesIn } from './processes';
import type { StartConfig } from 'screwdriver-executor-base';

/** An executor in a separate process. */
class Other {
    readonly lines: string[] = [];

    constructor(readonly process: ChildProcess) {
        createInterface(process.stdout!).on('line', line => this.lines.push(line));
    }

    /** How its start has ended. */
    async outcome(): Promise<string> {
        await until(() => this.lines.length > 1);

        return String(this.lines[1]);
    }

    async kill(): Promise<void> {
        if (this.process.exitCode !== null || this.process.signalCode !== null) return;
        this.process.kill('SIGKILL');
        await once(this.process, 'exit');
    }
}

describe('process executor: two on one machine', function () {
    this.timeout(60_000);
    let fixture: Fixture;
    let others: Other[];

    beforeEach(async () => {
        others = [];
        fixture = await Fixture.make(['sleep 60']);
    });

    afterEach(async () => {
        for (const other of others) await other.kill();
        for (const pid of await fixture.processes()) process.kill(Number(pid), 'SIGKILL');
        await fixture.close();
    });

    function startedElsewhere(config: StartConfig): Other {
        const other = new Other(startElsewhere(fixture, config));

        others.push(other);

        return other;
    }

    /** The running launchers of a build. */
    async function launchersOf(buildId: unknown): Promise<string[]> {
        const found = await processesIn(`${fixture.root}/${String(buildId)}/`);

        return (await Promise.all(found.map(async pid => ((await isLauncher(pid)) ? [pid] : [])))).flat();
    }

    async function isLauncher(pid: string): Promise<boolean> {
        return (await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')).includes('--api-uri');
    }

    it('start a build once, and both see it', async () => {
        const config = startConfig(fixture.api);
        const { buildId } = config;
        const other = startedElsewhere(config);

        expect(await other.outcome()).to.equal('resolved undefined');
        expect(await fixture.executor.start(config)).to.equal(undefined);

        await until(async () => (await launchersOf(buildId)).length === 1);
        expect(fixture.api.requests.filter(({ path }) => path.endsWith('/token'))).to.have.length(1);
        expect(await fixture.executor.verify(verifyConfig(fixture.api, { buildId }))).to.equal('');
        expect(await fixture.executor.status(statusConfig(fixture.api, { buildId }))).to.equal(
            `Build ${buildId} is run by another executor of this machine, pid ${other.process.pid}`
        );
    });

    it('stop the build of the other, which reports nothing and removes its folder', async () => {
        const config = startConfig(fixture.api);
        const buildId = Number(config.buildId);
        const other = startedElsewhere(config);

        await other.outcome();
        await until(() => fixture.statusOf(buildId) === 'RUNNING');
        await fixture.stop(buildId);
        await until(async () => (await fixture.processes()).length === 0);
        await fixture.removed(buildId);
        await sleep(200);

        expect(fixture.updatesOf(buildId)).to.deep.equal(['RUNNING']);
    });

    it('stop a start of the other, whose launcher never comes up', async () => {
        const config = startConfig(fixture.api);
        const buildId = Number(config.buildId);

        fixture.api.failNext({ status: 503, headers: { 'retry-after': '1' } });
        const other = startedElsewhere(config);

        await until(() => fixture.api.requests.length === 1);
        await fixture.stop(buildId);

        expect(await other.outcome()).to.equal('resolved false');
        await fixture.removed(buildId);
        expect(await fixture.processes()).to.deep.equal([]);
    });

    it('start a build again that a killed one had not begun, whenever that was', async () => {
        const outcomes = new Set<string>();

        for (let delay = 0; delay < 60; delay += 6) {
            const config = startConfig(fixture.api);
            const other = startedElsewhere(config);

            await until(() => other.lines.length > 0);
            await sleep(delay);
            await other.kill();
            const second = new ProcessExecutor({ ...fixture.executor.config });
            const outcome = await second.start(config).then(
                () => 'started',
                (error: { code: string }) => error.code
            );

            outcomes.add(outcome);
            await until(async () => (await launchersOf(config.buildId)).length === (outcome === 'started' ? 1 : 0));
            await second.stop(stopConfig(fixture.api, { buildId: config.buildId }));
            await until(async () => (await processesIn(`${fixture.root}/${config.buildId}/`)).length === 0);
            await fixture.removed(Number(config.buildId));
            await second.cleanUp();
        }
        expect([...outcomes].filter(code => !['started', 'EXECUTOR_EXCHANGE_FORBIDDEN'].includes(code))).to.deep.equal(
            []
        );
        expect(outcomes).to.include('started');
    });

    it('reject a build of a killed one that had begun, and end what runs of it', async () => {
        const config = startConfig(fixture.api);
        const buildId = Number(config.buildId);
        const other = startedElsewhere(config);

        await other.outcome();
        await until(() => fixture.statusOf(buildId) === 'RUNNING');
        await other.kill();

        // A launcher that starts a step looks like two for a moment.
        await until(async () => (await launchersOf(buildId)).length === 1);
        expect(await fixture.executor.verify(verifyConfig(fixture.api, { buildId }))).to.equal(
            `Build ${buildId} was left by an executor that is no longer there, pid ${other.process.pid}`
        );
        const error: unknown = await fixture.executor.start(config).catch((reason: unknown) => reason);

        expect(error).to.include({ code: 'EXECUTOR_EXCHANGE_FORBIDDEN', statusCode: 403 });
        expect(await fixture.processes()).to.deep.equal([]);
        await fixture.removed(buildId);
    });

    it('end the builds of a killed one with a stop', async () => {
        const config = startConfig(fixture.api);
        const other = startedElsewhere(config);

        await other.outcome();
        await other.kill();
        await fixture.stopAndWait(Number(config.buildId));

        expect(await fixture.processes()).to.deep.equal([]);
    });

    it('end and report what a killed one left running, with the first start of another build', async () => {
        const config = startConfig(fixture.api);
        const buildId = Number(config.buildId);
        const other = startedElsewhere(config);

        await other.outcome();
        await until(() => fixture.statusOf(buildId) === 'RUNNING');
        await other.kill();
        const next = await fixture.start();

        await until(() => fixture.statusOf(buildId) === 'FAILURE');
        await fixture.removed(buildId);

        expect(fixture.api.builds.get(buildId)?.statusMessage).to.equal('The executor that ran the build was killed');
        await until(async () => (await launchersOf(next)).length === 1);
    });

    it('leave a build to one that is suspended by SIGSTOP, at any moment of its start', async () => {
        for (let delay = 0; delay < 60; delay += 12) {
            const config = startConfig(fixture.api);
            const other = startedElsewhere(config);

            await until(() => other.lines.length > 0);
            await sleep(delay);
            other.process.kill('SIGSTOP');
            const second = new ProcessExecutor({ ...fixture.executor.config });

            await second.start(config);
            other.process.kill('SIGCONT');

            expect(await other.outcome()).to.equal('resolved undefined');
            await until(async () => (await launchersOf(config.buildId)).length === 1);
            await second.stop(stopConfig(fixture.api, { buildId: config.buildId }));
            await until(async () => (await processesIn(`${fixture.root}/${config.buildId}/`)).length === 0);
            await fixture.removed(Number(config.buildId));
            await other.kill();
            await second.cleanUp();
        }
    });

    it('do not take another process with its pid for the owner', async () => {
        const config = startConfig(fixture.api);
        const folder = join(fixture.root, String(config.buildId));

        await mkdir(folder, { recursive: true });
        await writeFile(
            join(folder, 'owner'),
            JSON.stringify({ pid: process.pid, startedAt: 'an earlier boot-1', token: 'a' })
        );
        await fixture.executor.start(config);

        await until(async () => (await launchersOf(config.buildId)).length === 1);
        expect(await isAlive(process.pid)).to.equal(true);
    });

    it('report a foreign folder with the name of a build', async () => {
        const config = startConfig(fixture.api);

        await mkdir(join(fixture.root, String(config.buildId), 'of-somebody'), { recursive: true });
        const error: unknown = await fixture.executor.start(config).catch((reason: unknown) => reason);

        expect(error).to.include({ code: 'PROCESS_WORKSPACE', kind: 'configuration' });
        expect(await readdir(join(fixture.root, String(config.buildId)))).to.deep.equal(['of-somebody']);
    });
});
