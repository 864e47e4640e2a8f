import { readdir, readFile } from 'node:fs/promises';

/** Whether a process runs. A zombie does not. */
export async function isAlive(pid: number | string): Promise<boolean> {
    const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');

    return /^State:\s+[^ZX\s]/m.test(status);
}

/** The processes of builds whose folder has this prefix, according to their environment, whoever started them. */
export async function processesIn(folder: string): Promise<string[]> {
    const pids = (await readdir('/proc')).filter(name => /^\d+$/.test(name));
    const found = await Promise.all(
        pids.map(async pid => {
            const environment = await readFile(`/proc/${pid}/environ`, 'utf8').catch(() => '');

            return environment.includes(`HOME=${folder}`) && (await isAlive(pid));
        })
    );

    return pids.filter((_pid, index) => found[index]);
}
