import { chmod, cp, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

const LAUNCHER = join(__dirname, '..', 'job-tools', 'launch');

/** A step of a job, as in the job's `commands`. */
export interface Step {
    name: string;
    command: string;
}

/** Puts the small launcher into a folder, with the steps to run. */
export async function installJobTools(folder: string, steps: Step[]): Promise<void> {
    await cp(LAUNCHER, join(folder, 'launch'));
    await chmod(join(folder, 'launch'), 0o755);
    await writeFile(join(folder, 'steps.json'), JSON.stringify(steps));
}
