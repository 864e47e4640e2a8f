import { describe } from './child/describe';
import { minimal, type Config } from './configs';
import type { Load } from './child/load';

/** Makes an executor with these hooks. */
type Make = (hooks?: object) => any;

/** What one base shows for each intended difference. */
export = async (load: Load) => {
    const Base = load.base();
    const make: Make = hooks => Object.assign(new Base(), hooks);
    const parse = (annotations: unknown) => attempt(() => make().parseAnnotations(annotations));

    return {
        'a validation error shows no value': await make()
            .start({ ...minimal(), buildId: { secret: 'abcdefg' } })
            .catch((error: unknown) => ({ ...describe(error), shows: JSON.stringify(error).includes('abcdefg') })),
        'an error of a hook that nobody wrote has a code': await make()
            .start(minimal())
            .catch(({ message, code }: any) => ({ message, code: String(code) })),
        'a promise where a hook threw or gave a plain value': {
            thrown: attempt(() => isPromise(make({ _startTimer: fail }).startTimer({}))),
            plain: isPromise(make({ _startTimer: () => 1 }).startTimer({}))
        },
        'hooks get a second argument': await argumentsOf(make),
        'a config with a method then is a config': await make({
            _start: (config: Config) => Promise.resolve(config.buildId)
        }).start({
            ...minimal(),
            then: (resolve: (config: object) => void) => resolve({ buildId: 'of another build' })
        }),
        'callbacks are called': await callbacksOf(make),
        'two clean-ups at a time are one': await cleanUpsOf(make),
        'parseAnnotations takes undefined and null': [parse(undefined), parse(null)],
        'parseAnnotations knows every annotation that the schema reserves': parse({
            'screwdriver.cd/jobDisabledByDefault': true
        }),
        'a beta prefix has a dot': parse({ 'beta-screwdriver.cd/cpu': 'HIGH' }),
        'the base has more names': moreNames(Base, load('screwdriver-executor-router'))
    };
};

function fail(): never {
    throw new Error('no');
}

function attempt(work: () => unknown): unknown {
    try {
        return work();
    } catch (error) {
        return `threw ${(error as Error).name}`;
    }
}

function isPromise(value: unknown): string {
    if (value instanceof Promise) value.catch(() => {});

    return value instanceof Promise ? 'a promise' : 'a value';
}

/** The names on the base, and where router sends a build whose executor annotation is a new name. */
function moreNames(Base: any, Router: any) {
    const router = new Router({ executor: [{ name: 'jenkins', options: { jenkins: {} } }] });
    const route = (executor: string) =>
        attempt(() => router._start({ ...minimal(), annotations: { 'screwdriver.cd/executor': executor } }));

    router.jenkins = { start: () => 'the default executor' };

    return {
        names: Object.getOwnPropertyNames(Base.prototype).sort(),
        routed: Object.fromEntries(
            ['exchangeTokenForBuild', 'reportFailure', 'shutDown', 'supports'].map(name => [name, route(name)])
        )
    };
}

async function argumentsOf(make: Make): Promise<string[]> {
    let seen: any[] = [];

    await make({ _start: (...args: unknown[]) => (seen = args.slice(1)) }).start(minimal());

    return seen.map(({ signal }) => signal.constructor.name);
}

async function callbacksOf(make: Make): Promise<unknown[]> {
    const called: unknown[] = [];

    await make({ _start: () => Promise.resolve('started') }).start(minimal(), (...args: unknown[]) =>
        called.push(describe(args))
    );
    await make({ _start: fail })
        .start(minimal(), (error: Error) => called.push(error.message))
        .catch(() => {});
    await new Promise(resolve => setTimeout(resolve, 50));

    return called;
}

async function cleanUpsOf(make: Make): Promise<number> {
    let calls = 0;
    const executor = make({ _cleanUp: () => Promise.resolve((calls += 1)) });

    await Promise.all([executor.cleanUp(), executor.cleanUp()]);
    await executor.cleanUp();

    return calls;
}
