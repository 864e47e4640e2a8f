import { expect } from 'chai';
import { entryPointOf, settingsFrom } from '../lib/settings';

/** What a caller without types may pass. */
const settingsOf = settingsFrom as (options: unknown) => Record<string, unknown>;

const ecosystem = { store: 'https://store.example', ui: 'https://ui.example' };

describe('docker executor: the options', () => {
    it('each have a default, also if undefined is passed', () => {
        const all = settingsOf({
            ecosystem,
            prefix: undefined,
            mountPoint: undefined,
            pull: undefined,
            log: undefined
        });

        expect(all).to.include({
            prefix: 'sd-',
            mountPoint: '/opt/sd',
            pull: 'missing',
            stopSeconds: 60,
            jobTools: 'official',
            processPerCall: false,
            habitat: false,
            caFile: '',
            pidsLimit: 4096,
            noNewPrivileges: false,
            startWait: 240
        });
        expect(all.log).to.be.a('function');
    });

    it('may include unknown ones, as the API adds them', () => {
        expect(settingsOf({ ecosystem: { ...ecosystem, api: 'x' }, name: 'docker', stopSeconds: '5' })).to.include({
            stopSeconds: 5
        });
    });

    it('remove a trailing slash from the mount point', () => {
        expect(settingsOf({ ecosystem, mountPoint: '/opt/sd/' }).mountPoint).to.equal('/opt/sd');
    });

    it('need no addresses and allow any mount point if the job tools are only a launch script', () => {
        expect(settingsOf({ jobTools: 'launch', mountPoint: '/tools' })).to.include({ mountPoint: '/tools' });
    });

    it('determine what runs in a container', () => {
        const entryPoint = (options: object) => entryPointOf(settingsFrom(options));

        expect(entryPoint({ ecosystem })).to.equal('/opt/sd/dumb-init');
        expect(entryPoint({ jobTools: 'launch', mountPoint: '/tools/' })).to.equal('/tools/launch');
    });

    const wrong: Array<[options: unknown, message: RegExp]> = [
        [null, /must be of type object/],
        [{}, /"ecosystem.store" is required, unless jobTools is 'launch'/],
        [{ ecosystem: { store: 'https://store.example' } }, /"ecosystem.ui" is required, unless jobTools is 'launch'/],
        [{ ecosystem: { ...ecosystem, store: 'store.example' } }, /"ecosystem.store" must be a valid uri/],
        [{ ecosystem, mountPoint: '/tools' }, /"mountPoint" must be \[\/opt\/sd\]/],
        [{ jobTools: 'none' }, /"jobTools" must be one of \[official, launch\]/],
        [{ processPerCall: 'sometimes' }, /"processPerCall" must be a boolean/],
        [{ startWait: 0 }, /"startWait" must be a positive number/],
        [{ caFile: 'ca.pem' }, /"caFile" .* an absolute path/],
        [{ pidsLimit: -1 }, /"pidsLimit" must be greater than or equal to 0/],
        [{ dropCapabilities: 'ALL' }, /"dropCapabilities" must be an array/],
        [{ pids_limit: 1 }, /"pids_limit" must be written "pidsLimit"/],
        [{ pull: 'never' }, /"pull" must be one of \[missing, always\]/],
        [{ stopSeconds: 'ten' }, /"stopSeconds" must be a number/],
        [{ stopSeconds: 0.5 }, /"stopSeconds" must be an integer/],
        [{ stopSeconds: 0 }, /"stopSeconds" must be greater than or equal to 1/],
        [{ prefix: 'x'.repeat(41) }, /"prefix" length must be less than or equal to 40 characters long/],
        [{ jobTools: 'launch', mountPoint: '/' }, /"mountPoint" must be a path below the root/],
        [{ jobTools: 'launch', mountPoint: '//' }, /"mountPoint" must be a path below the root/],
        [{ jobtoolsImage: 'x' }, /"jobtoolsImage" must be written "jobToolsImage"/],
        [
            { 'stop-seconds': 1, Eco_System: {} },
            /"stop-seconds" must be written "stopSeconds"\. "Eco_System" must be written "ecosystem"/
        ],
        [{ docker: { socket_path: '/x' } }, /"docker.socket_path" must be written "socketPath"/],
        [{ pull: 'never', stopSeconds: 0 }, /"pull" must be one of.* "stopSeconds" must be greater/],
        [{ maxBuildTimeout: -1 }, /"maxBuildTimeout" must be a positive number/],
        [{ mountPoint: 'opt/sd' }, /"mountPoint" must be a path below the root/],
        [{ prefix: '/x' }, /"prefix" .* the start of a container name/],
        [{ docker: 'tcp://127.0.0.1:2375' }, /"docker" must be of type object/],
        [{ docker: { port: 2375 } }, /"port" missing required peer "host"/],
        [{ docker: { timeout: '60s' } }, /"docker.timeout" must be a number/],
        [{ docker: { host: 'tcp://127.0.0.1' } }, /"docker.host" .* a name or an address/]
    ];

    for (const [options, message] of wrong) {
        it(`are rejected when the executor is created: ${JSON.stringify(options)}`, () => {
            expect(() => settingsOf(options)).to.throw(message);
        });
    }
});
