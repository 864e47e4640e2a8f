import meetTraps = require('./meet-traps');
import runFuzz = require('./run-fuzz');
import runScenarios = require('./run-scenarios');
import { allScenarios } from './scenarios';
import type { Load } from './child/load';

/**
 * Runs one check by name: a scenario, a fuzzed method, or something that is relied on. Resolves with what one base
 * shows.
 */
async function check(load: Load, { name, upstream }: { name: string; upstream: boolean }): Promise<unknown> {
    if (allScenarios()[name]) return (await runScenarios(load, { only: [name] }))[name];
    if (/^\w+$/.test(name) && name !== 'loading') {
        const { [name]: digests }: any = await runFuzz(load, { methods: [name], count: 250, upstream });

        return digests;
    }

    const met: Record<string, unknown> = await meetTraps(load);

    return met[name];
}

/** Runs several checks, one after the other. If a broken base makes one of them fail, the result shows that, too. */
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
