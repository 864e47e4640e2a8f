'use strict';

const { describe } = require('./child/describe');
const { minimal } = require('./configs');

/** What one base shows for each intended difference. */
module.exports = async load => {
    const Base = load.base();
    const make = hooks => Object.assign(new Base(), hooks);
    const parse = annotations => attempt(() => make().parseAnnotations(annotations));

    return {
        'a validation error shows no value': await make()
            .start({ ...minimal(), buildId: { secret: 'abcdefg' } })
            .catch(error => ({ ...describe(error), shows: JSON.stringify(error).includes('abcdefg') })),
        'an error of a hook that nobody wrote has a code': await make()
            .start(minimal())
            .catch(({ message, code }) => ({ message, code: String(code) })),
        'a promise where a hook threw or gave a plain value': {
            thrown: attempt(() => isPromise(make({ _startTimer: fail }).startTimer({}))),
            plain: isPromise(make({ _startTimer: () => 1 }).startTimer({}))
        },
        'hooks get a second argument': await argumentsOf(make),
        'a config with a method then is a config': await make({ _start: async config => config.buildId }).start({
            ...minimal(),
            then: resolve => resolve({ buildId: 'of another build' })
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

function fail() {
    throw new Error('no');
}

function attempt(work) {
    try {
        return work();
    } catch (error) {
        return `threw ${error.name}`;
    }
}

function isPromise(value) {
    if (value instanceof Promise) value.catch(() => {});

    return value instanceof Promise ? 'a promise' : 'a value';
}

/** The names on the base, and where router sends a build whose executor annotation is one of the new ones. */
function moreNames(Base, Router) {
    const router = new Router({ executor: [{ name: 'jenkins', options: { jenkins: {} } }] });
    const route = executor =>
        attempt(() => router._start({ ...minimal(), annotations: { 'screwdriver.cd/executor': executor } }));

    router.jenkins = { start: () => 'the default executor' };

    return {
        names: Object.getOwnPropertyNames(Base.prototype).sort(),
        routed: Object.fromEntries(
            ['exchangeTokenForBuild', 'reportFailure', 'shutDown', 'supports'].map(name => [name, route(name)])
        )
    };
}

async function argumentsOf(make) {
    let seen;

    await make({ _start: (...args) => (seen = args.slice(1)) }).start(minimal());

    return seen.map(({ signal }) => signal.constructor.name);
}

async function callbacksOf(make) {
    const called = [];

    await make({ _start: async () => 'started' }).start(minimal(), (...args) => called.push(describe(args)));
    await make({ _start: fail })
        .start(minimal(), error => called.push(error.message))
        .catch(() => {});
    await new Promise(resolve => setTimeout(resolve, 50));

    return called;
}

async function cleanUpsOf(make) {
    let calls = 0;
    const executor = make({ _cleanUp: async () => (calls += 1) });

    await Promise.all([executor.cleanUp(), executor.cleanUp()]);
    await executor.cleanUp();

    return calls;
}
