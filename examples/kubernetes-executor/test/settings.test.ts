import { expect } from 'chai';
import { settingsFrom } from '../lib/settings';

/** Takes anything, as from a caller without types. */
const settingsOf = settingsFrom as (options: unknown) => Record<string, unknown>;
const ecosystem = { store: 'https://store.example.com', ui: 'https://ui.example.com' };

describe('kubernetes executor: the options', () => {
    it('each have a default, even if undefined is passed', () => {
        expect(settingsOf({ ecosystem, prefix: undefined, namespace: undefined, answerTimeout: undefined })).to.include(
            {
                prefix: 'sd-',
                namespace: 'default',
                answerTimeout: 30_000,
                mountPoint: '/opt/sd',
                jobTools: 'official',
                stopSeconds: 60
            }
        );
    });

    it('may contain other keys, which the API adds', () => {
        expect(settingsOf({ ecosystem: { ...ecosystem, api: 'x' }, nodeWait: '5000' })).to.include({ nodeWait: 5_000 });
    });

    it('need no ecosystem, and accept any mount point, for a launch alone', () => {
        expect(settingsOf({ jobTools: 'launch', mountPoint: '/tools' })).to.include({ mountPoint: '/tools' });
    });

    const wrong: Array<[options: unknown, message: RegExp]> = [
        [null, /must be of type object/],
        [{}, /"ecosystem.store" is required, unless jobTools is .*"ecosystem.ui" is required/],
        [{ ecosystem: { store: ecosystem.store } }, /"ecosystem.ui" is required, unless jobTools is/],
        [{ ecosystem: { ui: ecosystem.ui } }, /"ecosystem.store" is required, unless jobTools is/],
        [{ ecosystem: { ...ecosystem, store: 'store:80' } }, /"ecosystem.store" must be a valid uri .* http\|https/],
        [{ ecosystem, mountPoint: '/tools' }, /"mountPoint" must be \[\/opt\/sd\]/],
        [{ jobTools: 'mine' }, /"jobTools" must be one of/],
        [{ startWait: 0 }, /"startWait" must be a positive number/],
        [{ nodeWait: -1 }, /"nodeWait" must be greater than or equal to 0/],
        [{ stuckSeconds: 'long' }, /"stuckSeconds" must be a number/],
        [{ namespace: '' }, /"namespace" is not allowed to be empty/],
        [{ jobTools: 'launch', mountPoint: 'opt/sd' }, /"mountPoint" must be a path below the root/],
        [{ jobTools: 'launch', mountPoint: '/' }, /"mountPoint" must be a path below the root/],
        [{ jobTools: 'mine', nodeWait: -1 }, /"jobTools" must be one of .*"nodeWait" must be greater/],
        [{ ecosystem, name_space: 'builds' }, /"name_space" must be written "namespace"/],
        [{ ecosystem: { ...ecosystem, Store: 'x' } }, /"ecosystem.Store" must be written "store"/],
        [{ ecosystem, jobToolsPath: '/var/tools' }, /"jobToolsImage" must have a digest \(name@sha256:…\)/],
        [{ ecosystem, jobToolsPath: 'tools', jobToolsImage: `x@sha256:${'0'.repeat(64)}` }, /an absolute path/],
        [{ ecosystem, habitat: 'yes' }, /"habitat" must be a boolean/],
        [{ ecosystem, caConfigMap: {} }, /"caConfigMap" must be a string/],
        [{ prefix: 'SD_' }, /"prefix" .* the start of a pod's name/],
        [{ podTemplate: 'spec' }, /"podTemplate" must be of type object/],
        [{ ecosystem, kubeconfig: {} }, /"kubeconfig" must be a string/]
    ];

    for (const [options, message] of wrong) {
        it(`are refused when the executor is constructed: ${JSON.stringify(options)}`, () => {
            expect(() => settingsOf(options)).to.throw(message);
        });
    }
});
