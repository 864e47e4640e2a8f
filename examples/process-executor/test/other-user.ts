import { spawn, type ChildProcess } from 'node:child_process';
import { chmod, chown, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Fixture } from './fixture';
import type { StartConfig } from 'screwdriver-executor-base';

/** An unprivileged user. */
const NOBODY = 65_534;

export const isRoot = process.getuid?.() === 0;

/** Starts a build on an executor in a separate process: see driver.js. */
export function startElsewhere(fixture: Fixture, config: StartConfig, more: object = {}): ChildProcess {
    const { buildId, container, apiUri, token } = config;
    const job = { options: fixture.executor.config, config: { buildId, container, apiUri, token }, ...more };

    return spawn(process.execPath, [join(__dirname, 'driver.js'), JSON.stringify(job)], {
        stdio: ['ignore', 'pipe', 'pipe']
    });
}

/**
 * The same, as an unprivileged user if this one is root.
 *
 * @param processes how many processes and threads that user may have, from the start on
 */
export async function startAsOther(fixture: Fixture, config: StartConfig, processes = 0): Promise<ChildProcess> {
    await mkdir(fixture.root, { recursive: true });
    if (isRoot) {
        for (const folder of [fixture.folder, fixture.root]) await chown(folder, NOBODY, NOBODY);
        await chmod(fixture.folder, 0o755);
    }

    return startElsewhere(fixture, config, { processes, ...(isRoot && { user: NOBODY }) });
}
