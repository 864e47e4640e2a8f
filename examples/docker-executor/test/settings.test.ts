import { expect } from 'chai';
import { settingsFrom } from '../settings';

/** What a caller without types may pass. */
const settingsOf = settingsFrom as (options: unknown) => Record<string, unknown>;

describe('docker executor: the options', () => {
    it('have a default each, also where undefined is passed', () => {
        const all = settingsOf({ prefix: undefined, mountPoint: undefined, pull: undefined, log: undefined });

        expect(all).to.include({ prefix: 'sd-', mountPoint: '/opt/sd', pull: 'missing', stopSeconds: 10 });
        expect(all.log).to.be.a('function');
    });

    it('may hold what is not the executor’s own, as the API adds it', () => {
        expect(settingsOf({ ecosystem: {}, stopSeconds: '5' })).to.include({ stopSeconds: 5 });
    });

    it('give the mount point without a slash at its end', () => {
        expect(settingsOf({ mountPoint: '/opt/sd/' }).mountPoint).to.equal('/opt/sd');
    });

    const wrong: Array<[options: unknown, message: RegExp]> = [
        [null, /must be of type object/],
        [{ pull: 'never' }, /"pull" must be one of \[missing, always\]/],
        [{ stopSeconds: 'ten' }, /"stopSeconds" must be a number/],
        [{ maxBuildTimeout: -1 }, /"maxBuildTimeout" must be a positive number/],
        [{ mountPoint: 'opt/sd' }, /"mountPoint" .* a path from the root/],
        [{ prefix: '/x' }, /"prefix" .* the start of a container name/],
        [{ docker: 'tcp://127.0.0.1:2375' }, /"docker" must be of type object/],
        [{ docker: { port: 2375 } }, /"port" missing required peer "host"/],
        [{ docker: { timeout: '60s' } }, /"docker.timeout" must be a number/],
        [{ docker: { host: 'tcp://127.0.0.1' } }, /"docker.host" .* a name or an address/]
    ];

    for (const [options, message] of wrong) {
        it(`are refused when the executor is made: ${JSON.stringify(options)}`, () => {
            expect(() => settingsOf(options)).to.throw(message);
        });
    }
});
