import { expect } from 'chai';
import { settingsFrom } from '../settings';

/** What a caller without types may pass. */
const settingsOf = settingsFrom as (options: unknown) => Record<string, unknown>;

describe('kubernetes executor: the options', () => {
    it('have a default each, also where undefined is passed', () => {
        expect(settingsOf({ prefix: undefined, namespace: undefined, answerTimeout: undefined })).to.include({
            prefix: 'sd-',
            namespace: 'default',
            answerTimeout: 30_000,
            mountPoint: '/opt/sd'
        });
    });

    it('may hold what is not the executor’s own, as the API adds it', () => {
        expect(settingsOf({ ecosystem: {}, nodeWait: '5000' })).to.include({ nodeWait: 5_000 });
    });

    const wrong: Array<[options: unknown, message: RegExp]> = [
        [null, /must be of type object/],
        [{ nodeWait: -1 }, /"nodeWait" must be greater than or equal to 0/],
        [{ stuckSeconds: 'long' }, /"stuckSeconds" must be a number/],
        [{ namespace: '' }, /"namespace" is not allowed to be empty/],
        [{ mountPoint: 'opt/sd' }, /"mountPoint" .* a path from the root/],
        [{ prefix: 'SD_' }, /"prefix" .* the start of a pod's name/],
        [{ podTemplate: 'spec' }, /"podTemplate" must be of type object/],
        [{ kubeconfig: {} }, /"kubeconfig" must be a string/]
    ];

    for (const [options, message] of wrong) {
        it(`are refused when the executor is made: ${JSON.stringify(options)}`, () => {
            expect(() => settingsOf(options)).to.throw(message);
        });
    }
});
