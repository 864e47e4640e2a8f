import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { endGroup } from './process-group';
import { environmentOfProcess, runningProcesses } from './procfs';
import type { Settings } from './options';

/**
 * Ends what another executor with the same `workspaceRoot` has started of a build: one that was killed, as a rule,
 * since builds go on without it. They are known by their HOME, a folder that no other build has.
 */
export async function endStrays(buildId: string, { workspaceRoot, gracePeriod }: Settings): Promise<void> {
    const names = await readdir(workspaceRoot).catch(() => []);
    const folders = names.filter(name => name.startsWith(`${buildId}-`)).map(name => join(workspaceRoot, name));

    for (const folder of folders) {
        const groups = await groupsWithHome(folder);

        await Promise.all(groups.map(group => endGroup(group, gracePeriod)));
        await rm(folder, { recursive: true, force: true });
    }
}

async function groupsWithHome(folder: string): Promise<number[]> {
    const groups = new Set<number>();

    for (const process of (await runningProcesses()) ?? []) {
        if ((await environmentOfProcess(process)).includes(`HOME=${folder}`)) groups.add(process.group);
    }

    return [...groups];
}
