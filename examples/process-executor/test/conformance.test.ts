import { mkdtempSync, rmSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import ProcessExecutor = require('screwdriver-executor-process');
import { conformance, ENGINE_ANNOTATIONS } from 'screwdriver-executor-base/conformance';
import { installJobTools } from '../demo/job-tools';
import { until } from './fixture';
import { processesIn } from './processes';

describe('process executor: the kit', () => {
    const folder = mkdtempSync(join(tmpdir(), 'process-executor-'));
    const workspaceRoot = join(folder, 'builds');

    before(() => installJobTools(folder, [{ name: 'wait', command: 'sleep 60' }]));
    after(() => rmSync(folder, { recursive: true }));

    conformance<ProcessExecutor>({
        describe,
        it,
        factory: () => newExecutor(),
        second: () => newExecutor(),
        observe: {
            running: async (_executor, buildId) => (await launchersOf(buildId)).map(([pid]) => pid),
            args: async (_executor, buildId) => (await launchersOf(buildId)).map(([, args]) => args),
            logs
        },
        annotations: {
            ...Object.fromEntries(ENGINE_ANNOTATIONS.map(name => [name, 'ignored'])),
            timeout: { value: 20, honoured: async (_executor, buildId) => (await tokenMinutesOf(buildId)) === 50 }
        },
        gracePeriod: 300
    });

    function newExecutor(): ProcessExecutor {
        return new ProcessExecutor({ workspaceRoot, jobTools: folder, gracePeriod: 300 });
    }

    /** The lifetime of a build's token: its timeout plus half an hour for the teardown. */
    async function tokenMinutesOf(buildId: number): Promise<number> {
        let payload = '';

        // A process that has just started shows no environment for a moment.
        await until(async () => {
            const [launcher] = await launchersOf(buildId);
            const environment = await readFile(`/proc/${launcher?.[0]}/environ`, 'utf8').catch(() => '');

            payload = /^SD_TOKEN=[^.]+\.([^.]+)/m.exec(environment.replaceAll('\0', '\n'))?.[1] ?? '';

            return payload;
        });
        const { iat, exp } = JSON.parse(Buffer.from(payload, 'base64url').toString()) as { iat: number; exp: number };

        return (exp - iat) / 60;
    }

    /** The logs of the builds, which also have the executor's messages. */
    async function logs(): Promise<string[]> {
        const names = (await readdir(workspaceRoot)).filter(name => name.endsWith('.log'));

        return await Promise.all(names.map(name => readFile(join(workspaceRoot, name), 'utf8')));
    }

    async function launchersOf(buildId: number): Promise<string[][]> {
        const pids = await processesIn(`${join(workspaceRoot, String(buildId))}/`);
        const commands = await Promise.all(pids.map(pid => readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')));

        return pids.map((pid, index) => [pid, commands[index] ?? '']).filter(([, args]) => args?.includes('--api-uri'));
    }
});
