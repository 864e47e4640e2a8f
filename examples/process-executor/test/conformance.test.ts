import { mkdtempSync, rmSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import ProcessExecutor = require('screwdriver-executor-process');
import { conformance } from 'screwdriver-executor-base/conformance';
import { installJobTools } from '../demo/job-tools';
import { processesIn } from './processes';

describe('process executor: the kit', () => {
    const folder = mkdtempSync(join(tmpdir(), 'process-executor-'));
    const workspaceRoot = join(folder, 'builds');

    before(() => installJobTools(folder, [{ name: 'wait', command: 'sleep 60' }]));
    after(() => rmSync(folder, { recursive: true }));

    conformance<ProcessExecutor>({
        describe,
        it,
        factory: () => new ProcessExecutor({ workspaceRoot, jobTools: folder, gracePeriod: 300 }),
        observe: {
            running: async (_executor, buildId) => (await launchersOf(buildId)).map(([pid]) => pid),
            args: async (_executor, buildId) => (await launchersOf(buildId)).map(([, args]) => args),
            logs: async () => {}
        },
        duplicateStart: 'joins',
        gracePeriod: 300
    });

    async function launchersOf(buildId: number): Promise<string[][]> {
        const pids = await processesIn(`${join(workspaceRoot, String(buildId))}/`);
        const commands = await Promise.all(pids.map(pid => readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')));

        return pids.map((pid, index) => [pid, commands[index] ?? '']).filter(([, args]) => args?.includes('--api-uri'));
    }
});
