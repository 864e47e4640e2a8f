import meetTraps = require('./meet-traps');
import runFuzz = require('./run-fuzz');
import runScenarios = require('./run-scenarios');
import { allScenarios } from './scenarios';
import type { Load } from './child/load';

/** One check by its name, a scenario, a method that is fuzzed or something relied on: what it shows on one base. */
async function check(load: Load, { name, upstream }: { name: string; upstream: boolean }): Promise<unknown> {
    if (allScenarios()[name]) return (await runScenarios(load, { only: [name] }))[name];
    if (/^\w+$/.test(name) && name !== 'loading') {
        const { [name]: digests }: any = await runFuzz(load, { methods: [name], count: 250, upstream });

        return digests;
    }

    const met: Record<string, unknown> = await meetTraps(load);

    return met[name];
}

/** Several checks, one after the other. A broken base may well make one of them fail: that shows, too. */
export = async (load: Load, { names, upstream }: { names: string[]; upstream: boolean }) => {
    const shown: Record<string, unknown> = {};

    for (const name of names) {
        try {
            shown[name] = (await check(load, { name, upstream })) ?? 'no such check';
        } catch (error) {
            shown[name] = `failed: ${(error as Error).message}`;
        }
    }

    return shown;
};
