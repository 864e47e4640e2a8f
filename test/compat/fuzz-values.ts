import fc = require('fast-check');
import { BuildModel, VALID, minimal } from './configs';

/** Values that have broken validators: wrong types, numbers as text, objects that act when they are read. */
const hostile = fc.oneof(
    fc.constantFrom(undefined, null, '', 0, -1, 1.5, NaN, Infinity, '15', ' 15 ', '1e3', '0x10', true, 'true', [], {}),
    fc.constantFrom('PR-1:main', 'http://127.0.0.1:1', 'ENABLED', 'github:github.com', 2 ** 53, '9007199254740993'),
    fc.integer(),
    fc.double(),
    fc.string(),
    fc.bigInt(),
    fc.constant(() => 'function'),
    fc.constant(Symbol('symbol')),
    fc.date(),
    fc.array(fc.jsonValue(), { maxLength: 3 }),
    fc.dictionary(fc.string(), fc.jsonValue(), { maxKeys: 3 }),
    fc.constant(null).map(() => new Proxy({}, {})),
    fc.constant(null).map(() => Object.defineProperty({}, 'id', { enumerable: true, get: explode })),
    fc.constant(null).map(() => new BuildModel({ id: 1 })),
    fc.constant(null).map(() => new Map([['buildId', 1]]))
);

function explode(): never {
    throw new Error('read');
}

const KEYS = [
    'build',
    'causeMessage',
    'jobId',
    'jobName',
    'jobState',
    'jobArchived',
    'provider',
    'annotations',
    'blockedBy',
    'freezeWindows',
    'buildId',
    'eventId',
    'tokenGen',
    'pipeline',
    'pipelineId',
    'template',
    'buildClusterName',
    'container',
    'apiUri',
    'token',
    'enqueueTime',
    'isPR',
    'prNum',
    'prParentJobId',
    'unknown',
    '__proto__',
    'toJSON'
];

const valid = fc.constantFrom(...Object.values(VALID)).map(make => ({ ...make() }));

/** A valid config in which one to three keys are replaced. */
const nearlyValid = fc
    .tuple(
        fc.oneof(valid, fc.constant(null).map(minimal)),
        fc.array(fc.tuple(fc.constantFrom(...KEYS), hostile), { minLength: 1, maxLength: 3 })
    )
    .map(([config, changes]) => {
        for (const [key, value] of changes) {
            Object.defineProperty(config, key, { value, enumerable: true, writable: true, configurable: true });
        }

        return config;
    });

const withoutKeys = fc.tuple(valid, fc.subarray(KEYS)).map(([config, keys]) => {
    for (const key of keys) delete config[key];

    return config;
});

const throwing = fc
    .tuple(valid, fc.constantFrom(...KEYS))
    .map(([config, key]) => Object.defineProperty(config, key, { enumerable: true, configurable: true, get: explode }));

const configs = fc.oneof(
    { weight: 3, arbitrary: valid },
    { weight: 6, arbitrary: nearlyValid },
    { weight: 2, arbitrary: withoutKeys },
    { weight: 1, arbitrary: throwing },
    { weight: 1, arbitrary: hostile }
);

const NAMES = ['cpu', 'ram', 'disk', 'diskSpeed', 'timeout', 'executor', 'nodeLabel', 'dockerEnabled'];

const annotationKeys = fc.oneof(
    fc
        .tuple(fc.constantFrom('', 'beta.', 'beta-', 'Beta.', 'beta.beta.', 'x'), fc.constantFrom(...NAMES))
        .map(([prefix, name]) => `${prefix}screwdriver.cd/${name}`),
    fc.constantFrom(
        'screwdriver.cd/',
        'screwdriver.cd',
        'screwdriver_cd/cpu',
        'cpu',
        '__proto__',
        'screwdriver.cd/CPU'
    ),
    fc.string()
);

export const annotations = fc.oneof(
    { weight: 8, arbitrary: fc.dictionary(annotationKeys, hostile, { maxKeys: 8 }) },
    { weight: 1, arbitrary: fc.oneof(fc.string(), fc.integer(), fc.boolean(), fc.array(annotationKeys)) }
);

type Resolve = (value: unknown) => void;

/** What a hook does, keyed by name: `(value) => anything`. */
export const HOOKS: Record<string, (value: unknown) => unknown> = {
    resolves: value => Promise.resolve(value),
    rejects: value => Promise.reject(value),
    throws: value => {
        throw value;
    },
    'gives a plain value': value => value,
    'gives a thenable': value => ({ then: (resolve: Resolve) => resolve(value) }),
    'gives a thenable that rejects': value => ({ then: (_: Resolve, reject: Resolve) => reject(value) }),
    'gives a thenable that throws': value => ({
        then() {
            throw value;
        }
    }),
    'gives a thenable that answers twice': value => ({
        then(resolve: Resolve, reject: Resolve) {
            resolve(value);
            reject(new Error('late'));
        }
    }),
    'gives nothing': () => {}
};

const results = fc.oneof(
    fc.constantFrom(undefined, null, false, 0, '', 'waiting', new Error('failed')),
    fc.jsonValue(),
    fc.string().map(text => Object.assign(new TypeError(text), { statusCode: 503, details: [text] }))
);

export const cases = fc.record({ config: configs, hook: fc.constantFrom(...Object.keys(HOOKS)), result: results });
