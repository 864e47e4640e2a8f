import fc from 'fast-check';
import { startConfig, stopConfig } from '../support/configs';

/** Values close to Joi's limits, on both sides. */
const EDGES: unknown[] = [
    ...[undefined, null, true, false, NaN, Infinity, -1, -0, 0, 0.5, 1, 2 ** 53 - 1, 2 ** 53],
    ...['', ' ', '0', '1', '01', '+1', '1e3', '0x1', ' 1', '1.0', '9'.repeat(15), '9'.repeat(16)],
    ...['true', 'yes', '{}', '[]', 'main', 'PR-1:main', 'PR-:main', 'stage@a:setup', 'a b', 'main\n'],
    ...['a'.repeat(90), 'a'.repeat(111), 'é', '\u{1F600}', 'ENABLED', 'enabled', 'DISABLED', 'ENABLED\n'],
    ...['iOS.1', 'a/b', 'a/b/c', 'a:b', 'a:b:c', ':b', '1.2.3', '1.2.3.4', '1.'],
    ...['2026-11-23T21:07:29.279Z', '2026-02-31T00:00:00Z', '* * * * *', 'H 1 * * *'],
    ...[[], [1], ['1'], [0], [undefined], [[1]], ['* * * * *']],
    ...[{}, { a: 1 }, { id: 1 }, { id: 1, scmContext: 'a:b' }, { id: 1, scmContext: 'a:b', name: null }],
    ...[{ id: 0, scmContext: 'a:b' }, { id: '1', scmContext: 'a:b', configPipelineId: null }, { name: 'aws' }],
    ...[{ name: 'a/b', version: '1.2.3' }, { version: 'x' }, () => {}, class {}, Symbol('s'), 1n],
    ...[new Date(), new Date(NaN), /a/, new Map(), Buffer.from('a'), new Number(1), new String('a')],
    ...[new Proxy({}, {}), new Proxy([], {}), new Proxy(() => {}, {}), Object.create(null), Object.freeze({ id: 1 })]
];

/** Oddities of an object other than the values of its keys. */
export const ODDITIES: Record<string, (config: any, key: string) => unknown> = {
    class: config => Object.assign(new (class Config {})(), config),
    proxy: config => new Proxy(config, {}),
    'proxy that lies': (config, key) => new Proxy(config, { get: (target, name) => (name === key ? 0 : target[name]) }),
    'no prototype': config => Object.assign(Object.create(null), config),
    inherited: config => Object.create(config),
    'inherited key': (config, key) => {
        const { [key]: value, ...rest } = config;

        return Object.setPrototypeOf(rest, { [key]: value });
    },
    getter: (config, key) => Object.defineProperty({ ...config }, key, { enumerable: true, get: () => config[key] }),
    'getter that throws': (config, key) =>
        Object.defineProperty({ ...config }, key, {
            enumerable: true,
            get: () => {
                throw new Error('read');
            }
        }),
    hidden: (config, key) => Object.defineProperty({ ...config }, key, { enumerable: false }),
    '__proto__ key': (config, key) =>
        Object.defineProperty({ ...config }, '__proto__', { enumerable: true, value: { [key]: 0 } }),
    symbol: config => ({ ...config, [Symbol('s')]: 1 }),
    frozen: config => Object.freeze(config),
    array: config => Object.assign([], config)
};

/** Oddities of an array. Each gets a new array of three valid elements. */
export const ARRAY_ODDITIES: Record<string, (list: any) => unknown> = {
    hole: list => (delete list[1], list),
    'hole and a key': list => Object.assign((delete list[1], list), { extra: 1 }),
    'hole and a symbol': list => Object.assign((delete list[1], list), { [Symbol('s')]: 1 }),
    'hole at its end': list => Object.assign(list, { length: 4 }),
    'hole at its end and a key': list => Object.assign(list, { length: 4, extra: 1 }),
    'holes and keys like indices': list => Object.assign(list, { length: 5, '01': 1, '-1': 1 }),
    'hole that a prototype fills': list => Object.setPrototypeOf((delete list[1], list), [0, 2]),
    key: list => Object.assign(list, { extra: 1 }),
    symbol: list => Object.assign(list, { [Symbol('s')]: 1 }),
    getter: list => Object.defineProperty(list, 1, { get: () => 2 }),
    hidden: list => Object.defineProperty(list, 1, { enumerable: false }),
    'class of its own': list => Object.setPrototypeOf(list, class extends Array {}.prototype),
    'no prototype': list => Object.setPrototypeOf(list, null),
    proxy: list => new Proxy(list, {}),
    'element that is a proxy': list => Object.assign(list, { 1: new Proxy({}, {}) }),
    'no array': list => ({ ...list, length: 3 })
};

const REAL: Record<string, unknown> = {
    ...stopConfig(),
    ...startConfig(),
    buildClusterName: 'iOS',
    enqueueTime: undefined,
    prNum: 3,
    prParentJobId: undefined,
    provider: undefined,
    template: { id: 1, fullName: 'node/npm-install', name: 'npm-install', namespace: 'node', version: '1.2.3' },
    somethingElse: 1
};

const REQUIRED = ['buildId', 'container', 'apiUri', 'token'];

/** URIs from parts that are right, odd or too long. */
const uris = fc
    .record({
        scheme: fc.constantFrom('http://', 'https://', 'HTTP://', 'http:', 'ftp://', '//', ''),
        host: fc.oneof(
            fc
                .tuple(fc.constantFrom('a.', 'ab', '-', '.', 'a-.', '1.', '0x1.', 'xn--a.', '_', 'é'), fc.nat(260))
                .map(([part, times]) => part.repeat(times)),
            fc.constantFrom('localhost', '127.0.0.1', '1.2.3.999', '[::1]', '[::1', 'a b', 'user@a', 'user:pass@a', '')
        ),
        port: fc.constantFrom('', '', ':', ':80', ':0', ':65535', ':65536', ':99999', ':123456', ':8o'),
        path: fc.constantFrom('', '', '/', '/v4', '//b', '/..', '/%', '/%20', '/ü', '?a', '/#b', ' ', '\n')
    })
    .map(({ scheme, host, port, path }) => scheme + host + port + path);

const odd = fc
    .record({
        object: fc.constantFrom(...['pipeline', 'template', 'annotations', 'build'].map(key => REAL[key] as object)),
        oddity: fc.constantFrom(...Object.values(ODDITIES)),
        nth: fc.nat(20)
    })
    .map(({ object, oddity, nth }) => oddity({ ...object }, Object.keys(object).at(nth % 4) ?? 'key'));

const values = fc.oneof(
    { weight: 6, arbitrary: fc.constantFrom(...EDGES) },
    { weight: 2, arbitrary: fc.constantFrom(...Object.values(ARRAY_ODDITIES)).map(oddity => oddity([1, 2, 3])) },
    { weight: 2, arbitrary: odd },
    { weight: 2, arbitrary: uris },
    {
        weight: 2,
        arbitrary: fc.anything({ withNullPrototype: true, withDate: true, withMap: true, withSparseArray: true })
    },
    { weight: 1, arbitrary: fc.string({ unit: 'binary' }) },
    { weight: 1, arbitrary: fc.integer() }
);

/** A key with a value: any value at any key, and sometimes an odd value at its own key. */
const changes = fc.oneof(
    { weight: 8, arbitrary: fc.tuple(fc.constantFrom(...Object.keys(REAL)), values) },
    { weight: 1, arbitrary: fc.tuple(fc.constant('apiUri'), uris) },
    {
        weight: 1,
        arbitrary: fc
            .constantFrom(...Object.values(ARRAY_ODDITIES))
            .map((oddity): [string, unknown] => ['blockedBy', oddity([1, 2, 3])])
    }
);

/** A config of the real API with up to three keys changed, up to six left out, and sometimes an oddity. */
export const configs = fc.oneof(
    {
        weight: 50,
        arbitrary: fc
            .record({
                changed: fc.array(changes, { maxLength: 3 }),
                omitted: fc.array(fc.constantFrom(...Object.keys(REAL)), { maxLength: 6 }),
                key: fc.constantFrom(...Object.keys(REAL)),
                oddity: fc.option(fc.constantFrom(...Object.keys(ODDITIES)), { freq: 4 })
            })
            .map(({ changed, omitted, key, oddity }) => {
                const left = Object.entries(REAL).filter(
                    ([name]) => REQUIRED.includes(name) || !omitted.includes(name)
                );
                const config = Object.fromEntries([...left, ...changed]);

                return oddity ? ODDITIES[oddity]!(config, key) : config;
            })
    },
    { weight: 1, arbitrary: fc.anything() }
);
