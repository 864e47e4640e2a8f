import { conformance, ENGINE_ANNOTATIONS } from 'screwdriver-executor-base/conformance';
import { MemoryEngine, MemoryExecutor, type MemoryOptions } from 'screwdriver-executor-base/testing';
import type { ConformanceOptions, TestedExecutor } from 'screwdriver-executor-base/conformance';

/** The kit's options without the runner. */
export type Told = Partial<Omit<ConformanceOptions<MemoryExecutor>, 'describe' | 'it'>>;

/** A check as the kit registers it with a runner. */
export interface Registered {
    group: string;
    title: string;
    run: () => Promise<void>;
}

/** The checks that the kit registers. */
export function collect<Executor extends TestedExecutor>(
    options: Omit<ConformanceOptions<Executor>, 'describe' | 'it'>
): Registered[] {
    const checks: Registered[] = [];
    let group = '';

    conformance<Executor>({
        ...options,
        describe(title, body) {
            group = title;
            body();
        },
        // A skipped entry is not a check.
        it: Object.assign((title: string, run: () => Promise<void>) => checks.push({ group, title, run }), {
            skip() {}
        })
    });

    return checks;
}

/** The titles of the checks that fail, with their messages. */
export async function failures(checks: Registered[]): Promise<Map<string, string>> {
    const failed = new Map<string, string>();

    await Promise.all(
        checks.map(({ title, run }) => run().catch((error: unknown) => failed.set(title, (error as Error).message)))
    );

    return failed;
}

/** The error of one check, and the executor in memory unless told otherwise; undefined if the check passes. */
export async function errorOf(title: string, told: Told = {}): Promise<Error | undefined> {
    const checks = collect<MemoryExecutor>({ factory: () => new MemoryExecutor(), ...told });

    return checks
        .find(check => check.title === title)!
        .run()
        .then(
            () => undefined,
            (error: Error) => error
        );
}

/** What happened according to the report of one check; undefined if it passes. */
export async function happened(title: string, told: Told = {}): Promise<string | undefined> {
    const error = await errorOf(title, told);

    return error && /\n {2}What happened: (.*)\n/.exec(error.message)?.[1];
}

type MemoryClass = new (options?: MemoryOptions) => MemoryExecutor;

/** An executor of the class whose engine refuses every call. */
export function down(Class: MemoryClass = MemoryExecutor): MemoryExecutor {
    const engine = new MemoryEngine();

    engine.down = true;

    return new Class({ engine });
}

/** An executor of the class whose engine does not answer. */
export function slow(Class: MemoryClass = MemoryExecutor): MemoryExecutor {
    const engine = new MemoryEngine();

    engine.latency = 60_000;

    return new Class({ engine, engineTimeout: 50 });
}

/** The annotations of the engine, none of which is honoured. */
export const ALL_IGNORED = Object.fromEntries(ENGINE_ANNOTATIONS.map(name => [name, 'ignored' as const]));

/** Every option of the kit for an executor in memory. */
export function everythingOn(Class: MemoryClass): Omit<ConformanceOptions<MemoryExecutor>, 'describe' | 'it'> {
    return {
        factory: () => new Class(),
        second: ({ engine }) => new Class({ engine }),
        engineDown: () => down(),
        engineSlow: () => slow(),
        observe: {
            running: ({ engine }, id) => [...engine.builds.keys()].filter(key => key.split('-')[0] === String(id)),
            args: ({ engine }, id) => engine.builds.get(String(id))?.args,
            logs: () => []
        },
        duplicateStart: 'joins',
        annotations: {
            ...ALL_IGNORED,
            cpu: {
                value: 'TURBO',
                honoured: ({ engine }, id) => engine.builds.get(String(id))?.annotations.cpu === 'TURBO'
            },
            timeout: {
                value: 45,
                honoured: ({ engine }, id) => engine.builds.get(String(id))?.annotations.timeout === 45
            }
        }
    };
}
