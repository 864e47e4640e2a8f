import assert = require('node:assert');
import { inChild } from './in-child';
import { VALIDATED } from './operations';

/** What is relied on, and must be the same on 11.1.0 and on this package. */
const RELIED_ON: Record<string, unknown> = {
    loading: { seen: [], globals: [], listeners: [] },
    'fs replaced while it loads': { token: 'stub', class: 'K8sVMExecutor' },
    'data-schema replaced by name': {
        used: ['start', 'start', 'stop', 'stop', 'verify', 'verify', 'status', 'status'],
        results: VALIDATED.flatMap(name => ['passed', `${name} failed`])
    },
    'hooks at call time': ['of the class', 'of the instance', 'of the class, later'],
    'public methods replaced': {
        ...Object.fromEntries(
            ['start', 'stop', 'stats', 'cleanUp', 'parseAnnotations'].map(name => [name, ['replaced', true, true]])
        ),
        exchangeTokenForBuild: ['replaced', true]
    },
    'a hook that throws': { start: true, stop: true, verify: true, status: true, cleanUp: true },
    'members with methods of operations': [],
    'what a webhook gives': [
        null,
        '[undefined]',
        { accepted: true },
        { '[error]': 'Error', class: 'Error', message: 'Too many', own: { statusCode: 429 } }
    ],
    'a function as second argument': [false, false, false],
    'an executor behind a proxy': ['started', 'stopped', null, 'started', 'stopped', null]
};

const TITLES: Record<string, string> = {
    loading: 'loading reads no file, prints nothing, adds no global and no listener',
    'fs replaced while it loads': 'it loads while fs is replaced by two stubs, with a clean module cache',
    'data-schema replaced by name': 'schemas that replace screwdriver-data-schema by name are the ones that validate',
    'hooks at call time': 'hooks are looked up when they are called',
    'public methods replaced': 'public methods can be replaced on the instance and restored',
    'a hook that throws': 'what a hook throws is rejected with, the same object',
    'members with methods of operations': 'nothing on the base has start, stop or verify methods of its own',
    'what a webhook gives': 'what _enqueueWebhook gives passes as it is, errors with their statusCode',
    'a function as second argument': 'a callback never reaches a hook',
    'an executor behind a proxy': 'an executor works behind a proxy and as a prototype'
};

describe('What subclasses and callers rely on, on 11.1.0 and on this package', () => {
    let upstream: any;
    let ours: any;

    before(async () => {
        [upstream, ours] = await Promise.all([inChild('upstream', 'meet-traps'), inChild('ours', 'meet-traps')]);
    });

    for (const [trap, relied] of Object.entries(RELIED_ON)) {
        it(TITLES[trap]!, () => assert.deepStrictEqual([upstream[trap], ours[trap]], [relied, relied]));
    }
});
