import assert = require('node:assert');
import { DIFFERENCES } from './differences';
import { inChild } from './in-child';

const buildIdError = (context: { value?: unknown }) => ({
    '[error]': 'ValidationError',
    class: '',
    message: '"buildId" must be a number',
    isJoi: true,
    own: {
        ...(context.value !== undefined && { _original: { ...START, buildId: context.value } }),
        details: [
            {
                message: '"buildId" must be a number',
                path: ['buildId'],
                type: 'number.base',
                context: { label: 'buildId', ...context, key: 'buildId' }
            }
        ]
    }
});
const START = { buildId: 0, container: 'node:20', apiUri: 'http://api.example', token: 'abcdefg' };
const secret = { secret: 'abcdefg' };

/** What 11.1.0 and this package show for each difference. A difference that no longer exists must leave the list. */
const SHOWN: Record<string, unknown[]> = {
    'a validation error shows no value': [
        { ...buildIdError({ value: secret }), shows: true },
        { ...buildIdError({}), shows: false }
    ],
    'an error of a hook that nobody wrote has a code': [
        { message: 'Not implemented', code: 'undefined' },
        { message: 'Not implemented', code: 'EXECUTOR_NOT_IMPLEMENTED' }
    ],
    'a promise where a hook threw or gave a plain value': [
        { thrown: 'threw Error', plain: 'a value' },
        { thrown: 'a promise', plain: 'a promise' }
    ],
    'hooks get a second argument': [[], ['AbortSignal']],
    'a config with a method then is a config': ['of another build', 15],
    'callbacks are called': [[], [[null, 'started'], 'no']],
    'two clean-ups at a time are one': [3, 2],
    'parseAnnotations takes undefined and null': [
        ['threw TypeError', 'threw TypeError'],
        [{}, {}]
    ],
    'parseAnnotations knows every annotation that the schema reserves': [{}, { jobDisabledByDefault: true }],
    'a beta prefix has a dot': [{ cpu: 'HIGH' }, {}]
};

describe('The intended differences', () => {
    let upstream: any;
    let ours: any;

    before(async () => {
        [upstream, ours] = await Promise.all([
            inChild('upstream', 'show-differences'),
            inChild('ours', 'show-differences')
        ]);
    });

    for (const { name } of DIFFERENCES.slice(0, -1)) {
        it(name, () => assert.deepStrictEqual([upstream[name], ours[name]], SHOWN[name]));
    }
    it('the base has more names', () => {
        const [before, after] = [upstream, ours].map(shown => shown['the base has more names']);
        const more: string[] = after.names.filter((name: string) => !before.names.includes(name));

        assert.deepStrictEqual(more, ['exchangeTokenForBuild', 'reportFailure', 'shutDown', 'supports']);
        assert.deepStrictEqual([...before.names, ...more].sort(), after.names);
        for (const name of more) {
            assert.strictEqual(before.routed[name], 'the default executor');
            assert.strictEqual(after.routed[name], 'threw TypeError');
        }
    });
    it('are all in the list', () => {
        assert.deepStrictEqual(
            Object.keys(upstream),
            DIFFERENCES.map(difference => difference.name)
        );
    });
});
