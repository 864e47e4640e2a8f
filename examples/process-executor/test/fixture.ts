import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import ProcessExecutor = require('screwdriver-executor-process');
import { startConfig, startTokenApi, stopConfig, type TokenApi } from 'screwdriver-executor-base/testing';
import { installJobTools } from '../demo/job-tools';
import { processesIn } from './processes';
import type { StartConfig } from 'screwdriver-executor-base';

/** One pair for all tests: making one takes longer than a build. */
const KEYS = generateKeyPairSync('rsa', { modulusLength: 2048 });

/** A real API, a real executor and the folders of both; everything ends with {@link close}. */
export class Fixture {
    readonly executor: ProcessExecutor;

    private constructor(
        readonly api: TokenApi,
        /** Contains everything that the test creates. */
        readonly folder: string,
        /** The executor's. */
        readonly root: string,
        options: ProcessExecutor.ProcessOptions
    ) {
        this.executor = new ProcessExecutor({ ecosystem: {}, workspaceRoot: root, gracePeriod: 300, ...options });
    }

    /** Job tools: the launcher with these steps, or a shell script instead. */
    static async make(jobTools: string[] | string, options: ProcessExecutor.ProcessOptions = {}): Promise<Fixture> {
        const folder = await mkdtemp(join(tmpdir(), 'process-executor-'));

        const commands = typeof jobTools === 'string' ? [] : jobTools;

        await installJobTools(
            folder,
            commands.map((command, index) => ({ name: `step-${index + 1}`, command }))
        );
        if (typeof jobTools === 'string') await writeFile(join(folder, 'launch'), `#!/bin/sh\n${jobTools}\n`);

        return new Fixture(await startTokenApi({ keys: KEYS }), folder, join(folder, 'builds'), {
            jobTools: folder,
            ...options
        });
    }

    async start(overrides: Partial<StartConfig> = {}): Promise<number> {
        const config = startConfig(this.api, overrides);

        await this.executor.start(config);

        return Number(config.buildId);
    }

    stop(buildId: number): Promise<unknown> {
        return this.executor.stop(stopConfig(this.api, { buildId }));
    }

    async pidOf(buildId: number): Promise<number> {
        return Number(/pid (\d+)/.exec(String(await this.executor.status({ buildId })))?.[1]);
    }

    /** The output of the build, and the executor's own lines. */
    log(buildId: number): Promise<string> {
        return readFile(join(this.root, `${buildId}.log`), 'utf8');
    }

    statusOf(buildId: number): string | undefined {
        return this.api.builds.get(buildId)?.status;
    }

    /** The statuses that somebody tried to give to a build, in order. */
    updatesOf(buildId: number): string[] {
        return this.api.requests
            .filter(({ method, path }) => method === 'PUT' && path === `/v4/builds/${buildId}`)
            .map(({ body }) => (JSON.parse(body) as { status: string }).status);
    }

    /** The folders of builds, without logs. */
    async buildFolders(): Promise<string[]> {
        const entries = await readdir(this.root).catch(() => []);

        return entries.filter(name => !name.endsWith('.log'));
    }

    /** The processes of all builds. */
    processes(): Promise<string[]> {
        return processesIn(`${this.root}/`);
    }

    async ended(buildId: number): Promise<void> {
        await until(async () => /has ended/.test(String(await this.executor.status({ buildId }))));
        await this.removed(buildId);
    }

    /** Waits until the folder of a build is gone. */
    removed(buildId: number): Promise<void> {
        return until(async () => !(await this.buildFolders()).some(name => name.split('~')[0] === String(buildId)));
    }

    /** Stops a build and waits until nothing of it is left, since stop does not wait for the end. */
    async stopAndWait(buildId: number): Promise<void> {
        await this.stop(buildId);
        await until(async () => (await processesIn(`${this.root}/${buildId}/`)).length === 0);
        await this.removed(buildId);
    }

    async close(): Promise<void> {
        await this.executor.cleanUp();
        await this.api.close();
        await rm(this.folder, { recursive: true, force: true });
    }
}

/** Waits for an effect of another process. */
export async function until(condition: () => unknown): Promise<void> {
    const end = performance.now() + 8_000;

    while (!(await condition())) {
        if (performance.now() > end) throw new Error(`It did not come true: ${condition.toString()}`);
        await sleep(20);
    }
}

/** The next warning of this process. */
export async function nextWarning(): Promise<Error> {
    const [warning] = (await once(process, 'warning')) as [Error];

    return warning;
}
