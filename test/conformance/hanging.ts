import { MemoryExecutor } from 'screwdriver-executor-base/testing';
import { collect, everythingOn, failures } from './kit';

export const HOOKS = ['_start', '_stop', '_verify', '_status', '_startTimer', '_stopTimer', '_cleanUp'] as const;

/** A class with one hook that never settles, and the calls of that hook. */
export function hanging(
    hook: (typeof HOOKS)[number],
    isInTurn: boolean
): { Hanging: new () => MemoryExecutor; calls: unknown[] } {
    const calls: unknown[] = [];

    class Hanging extends MemoryExecutor {
        static override readonly callsInTurn: boolean = isInTurn;

        /** Short, so that nothing keeps this process alive after the tests. */
        protected override shutDown(): Promise<void> {
            return super.shutDown([], 1_000, 0);
        }
    }
    Object.defineProperty(Hanging.prototype, hook, {
        value: (config: unknown) => {
            calls.push(config);

            return new Promise(() => {});
        }
    });

    return { Hanging, calls };
}

/** The reports of the failing checks, which run one after the other as in a runner. */
export async function reportsOf(
    Class: new () => MemoryExecutor,
    limit: number,
    isRun = (_title: string) => true
): Promise<Map<string, string>> {
    const { engineDown, engineSlow, ...told } = everythingOn(Class);
    const checks = collect({ ...told, startTimeout: limit, callTimeout: limit });
    const reports = new Map<string, string>();

    void [engineDown, engineSlow];
    // What is left in the process can only be seen while nothing else runs in it.
    for (const check of checks.filter(({ group, title }) => group !== 'shutdown' && isRun(title))) {
        for (const [title, message] of await failures([check])) reports.set(title, message);
    }

    return reports;
}
