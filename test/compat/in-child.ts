import { fork } from 'node:child_process';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { TREES } from './trees';

/**
 * Runs a module of this folder, `(load, job) => result`, in a separate process over one base.
 *
 * @param options `broken`: a file of broken-bases/ that replaces the base; `job`: what the module gets
 */
export async function inChild(
    base: keyof typeof TREES,
    module: string,
    { job = {}, broken = '' }: { job?: object; broken?: string } = {}
): Promise<any> {
    const child = fork(join(__dirname, 'child/index.js'), [TREES[base], module, broken], {
        stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
        execArgv: [],
        env: { ...process.env, LOG_LEVEL: 'error', NODE_ENV: 'test' }
    });
    const errors = text(child.stderr!);

    child.send(job);

    return new Promise((resolve, reject) => {
        child.once('message', ({ result, failure }: any) => (failure ? reject(new Error(failure)) : resolve(result)));
        child.once('error', reject);
        child.once('exit', async code => {
            reject(new Error(`${module} over ${broken || base} ended with ${code}: ${await errors}`));
        });
    });
}
