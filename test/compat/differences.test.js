'use strict';

const assert = require('node:assert');
const { before, describe, it } = require('mocha');
const { DIFFERENCES } = require('./differences');
const { inChild } = require('./in-child');

/** Each entry of the list, and what it says about either base: a difference that is gone has to leave the list. */
describe('The intended differences', () => {
    let upstream;
    let ours;

    before(async () => {
        [upstream, ours] = await Promise.all([inChild('upstream', 'show-differences'), inChild('ours', 'show-differences')]);
    });

    /** What 11.1.0 shows, what this package shows. */
    const SHOWN = {
        'a validation error shows no value': [
            { original: { token: 7 }, value: 7, isJoi: true, message: '"buildId" is required' },
            { isJoi: true, message: '"buildId" is required' }
        ],
        'an error of a hook that nobody wrote has a code': [
            { message: 'Not implemented' },
            { message: 'Not implemented', code: 'EXECUTOR_NOT_IMPLEMENTED' }
        ],
        'a promise where a hook threw or gave a plain value': [
            { thrown: 'threw: no', plain: 'a value' },
            { thrown: 'a promise', plain: 'a promise' }
        ],
        'callbacks are called': [{ called: [] }, { called: [[null, 'started'], ['Error: no']] }],
        'parseAnnotations takes undefined and null': [
            { undefined: 'TypeError', null: 'TypeError' },
            { undefined: {}, null: {} }
        ],
        'parseAnnotations knows every annotation that the schema reserves': [
            { jobDisabledByDefault: undefined },
            { jobDisabledByDefault: true }
        ],
        'a plain annotation wins over its beta twin': [{ cpu: 'beta' }, { cpu: 'plain' }],
        'a beta prefix has a dot': [{ cpu: 'HIGH' }, {}],
        'the base has more names': [{ names: [] }, { names: ['exchangeTokenForBuild', 'supports'] }]
    };

    it('are the list that has been looked at', () => {
        assert.deepStrictEqual(
            Object.keys(SHOWN),
            DIFFERENCES.map(difference => difference.name)
        );
    });
    for (const { name } of DIFFERENCES) {
        it(name, () => assert.deepStrictEqual([upstream[name], ours[name]], SHOWN[name]));
    }
});
