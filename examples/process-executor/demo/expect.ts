import { readdir, readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ApiBuild } from 'screwdriver-executor-base/testing';
import type { Scenario } from './scenarios';

/** Milliseconds that builds have to end. */
const PATIENCE = 10_000;

/** Resolves with the first truthy value. */
export async function until<Value>(what: string, value: () => Value | Promise<Value>): Promise<Value> {
    const end = performance.now() + PATIENCE;

    for (;;) {
        const current = await value();

        if (current) return current;
        if (performance.now() > end) throw new Error(`${what}: not within ${PATIENCE / 1000} s`);
        await sleep(50);
    }
}

/** Throws if a build has not ended as it should. */
export function expectOutcome(builds: ApiBuild[], { status, statusMessage }: Scenario): void {
    for (const build of builds) {
        if (build.status === status && build.statusMessage === statusMessage) continue;
        throw new Error(`Expected ${status} (${statusMessage}), but the API has ${JSON.stringify(build)}`);
    }
}

/** Throws if builds saw each other's folders, left a folder behind, or a token shows in a log. */
export async function expectTraces(workspaceRoot: string, count: number): Promise<void> {
    const names = await readdir(workspaceRoot);
    const logs = await Promise.all(names.map(name => readFile(`${workspaceRoot}/${name}`, 'utf8')));
    const folders = new Set(logs.flatMap(log => log.match(/^\S*\/source$/gm) ?? []));

    if (names.length !== count) throw new Error(`Expected ${count} logs and nothing else: ${names.join(', ')}`);
    if (logs.some(log => log.includes('eyJ'))) throw new Error('A token shows in a log');
    if (count > 1 && folders.size !== count) throw new Error(`${count} builds ran in ${folders.size} folders`);
}
