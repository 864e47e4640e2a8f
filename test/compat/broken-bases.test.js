'use strict';

const assert = require('node:assert');
const { isDeepStrictEqual } = require('node:util');
const { before, describe, it } = require('mocha');
const brokenBases = require('./broken-bases');
const { expected } = require('./differences');
const { inChild } = require('./in-child');

const METHODS = ['start', 'verify', 'startTimer', 'cleanUp', 'parseAnnotations'];

/** The comparison can fail: each of these bases is told from 11.1.0, by the check that is named beside it. */
describe('Broken bases', () => {
    let reference;

    const checks = (base, options, upstream) =>
        inChild(base, 'run-checks', { ...options, job: { methods: METHODS, upstream } });

    /** The names of the checks that tell a base from 11.1.0. */
    function caught({ traps, scenarios, fuzz }) {
        const differing = (ours, theirs) =>
            Object.keys(theirs).filter(name => !isDeepStrictEqual(ours[name], theirs[name]));
        const wanted = Object.entries(reference.scenarios).map(([name, trace]) => [name, expected(trace)]);

        return [
            ...differing(traps, reference.traps),
            ...differing(scenarios, Object.fromEntries(wanted)),
            ...differing(fuzz, reference.fuzz)
        ];
    }

    before(async () => {
        reference = await checks('upstream', {}, true);
    });

    it('this package is not one of them', async () => {
        assert.deepStrictEqual(caught(await checks('ours')), []);
    });
    for (const [broken, { caughtBy }] of Object.entries(brokenBases)) {
        it(`${broken}: caught by "${caughtBy}"`, async () => {
            const names = caught(await checks('ours', { broken }));

            assert.ok(names.includes(caughtBy), `caught by ${JSON.stringify(names.slice(0, 12))} only`);
        });
    }
});
