import { expect } from 'chai';
import { launch } from 'screwdriver-executor-base';

const CONFIG = { token: 'build.jwt-x_y', apiUri: 'https://api.screwdriver.cd', buildId: 12 };
const OFFICIAL = { jobTools: 'official', store: 'https://store.screwdriver.cd' } as const;

describe('the options of launch', () => {
    it('become flags of the launcher and minutes in its environment', () => {
        expect(
            launch(CONFIG, '/opt/sd', {
                buildTimeout: '120',
                store: 'https://store.screwdriver.cd/',
                ui: 'https://cd.screwdriver.cd',
                flags: { 'cache-strategy': 'disk', 'cache-compress': true, 'cache-max-size-mb': 100 }
            })
        ).to.deep.equal({
            command: '/opt/sd/launch',
            args: [
                '--api-uri',
                'https://api.screwdriver.cd',
                '--store-uri',
                'https://store.screwdriver.cd',
                '--ui-uri',
                'https://cd.screwdriver.cd',
                '--cache-strategy=disk',
                '--cache-compress=true',
                '--cache-max-size-mb=100',
                '12'
            ],
            env: { SD_TOKEN: 'build.jwt-x_y', SD_BUILD_TIMEOUT: '120' },
            shellLine:
                'SD_TOKEN=build.jwt-x_y SD_BUILD_TIMEOUT=120 /opt/sd/launch --api-uri https://api.screwdriver.cd ' +
                '--store-uri https://store.screwdriver.cd --ui-uri https://cd.screwdriver.cd ' +
                "'--cache-strategy=disk' '--cache-compress=true' '--cache-max-size-mb=100' 12"
        });
    });

    it('round minutes up: the launcher ends silently on a fraction', () => {
        expect(launch(CONFIG, '/opt/sd', { buildTimeout: 1.5 }).env['SD_BUILD_TIMEOUT']).to.equal('2');
        expect(launch(CONFIG, '/opt/sd', { buildTimeout: 0.01 }).env['SD_BUILD_TIMEOUT']).to.equal('1');
    });

    for (const bad of [0, -1, NaN, Infinity, '', 'soon', '90m', null, {}]) {
        it(`throw EXECUTOR_BUILD_TIMEOUT for the minutes ${JSON.stringify(bad)}`, () => {
            expect(() => launch(CONFIG, '/opt/sd', { buildTimeout: bad as number }))
                .to.throw()
                .that.includes({ code: 'EXECUTOR_BUILD_TIMEOUT' });
        });
    }

    it('show no token if the minutes contain it', () => {
        expect(() => launch(CONFIG, '/opt/sd', { buildTimeout: CONFIG.token })).to.throw('buildTimeout value: ***');
    });

    it('ask for the shell of the official job tools, with everything but the token in its arguments', () => {
        const options = { ...OFFICIAL, ui: 'https://cd.screwdriver.cd/', flags: { 'cache-strategy': 'disk' } };
        const { command, args, env, shellLine } = launch(CONFIG, '/opt/sd/', { ...options, buildTimeout: 5 });

        expect(command).to.equal('/opt/sd/dumb-init');
        expect(args.toSpliced(4, 1)).to.deep.equal([
            '-c',
            '--',
            '/bin/sh',
            '-c',
            'build',
            'https://api.screwdriver.cd',
            'https://store.screwdriver.cd',
            '12',
            '--ui-uri',
            'https://cd.screwdriver.cd',
            '--cache-strategy=disk'
        ]);
        expect(args.join(' ')).to.not.include(CONFIG.token);
        expect(env).to.deep.equal({ SD_TOKEN: 'build.jwt-x_y', SD_BUILD_TIMEOUT: '5' });
        expect(shellLine).to.match(
            /^SD_TOKEN=build.jwt-x_y SD_BUILD_TIMEOUT=5 \/opt\/sd\/dumb-init -c -- \/bin\/sh -c '/
        );
    });

    it('contain nothing in the shell that Kubernetes would replace in arguments', () => {
        const { args } = launch(CONFIG, '/opt/sd', OFFICIAL);

        expect(args.join(' ')).to.not.match(/\$\$|\$\([A-Za-z_][\w.-]*\)/);
    });

    for (const [what, options] of Object.entries<Record<string, unknown>>({
        'job tools of another kind': { jobTools: 'own' },
        'official job tools without a store': { jobTools: 'official' },
        'a store that is not a URI': { store: 'store' },
        'a store with a query': { store: 'https://store?x=y' },
        'a UI with credentials': { ui: 'https://me:pass@ui' },
        'a UI that is not a string': { ui: 12 },
        'a token among the flags': { flags: { token: 'x' } },
        'a flag with a place of its own': { flags: { 'store-uri': 'https://store' } },
        'a word that is not a flag': { flags: { '--emitter': '/sd/emitter' } },
        'a flag without a value': { flags: { 'cache-strategy': undefined } },
        'a NUL in a flag': { flags: { 'cache-strategy': 'a\0b' } },
        'a path that the official form finds itself': { ...OFFICIAL, flags: { emitter: '/tmp/emitter' } }
    })) {
        it(`throw a TypeError for ${what}`, () => {
            expect(() => launch(CONFIG, '/opt/sd', options)).to.throw(TypeError);
        });
    }

    it('throw a TypeError for another mount point of the official job tools', () => {
        expect(() => launch(CONFIG, '/mnt/sd', OFFICIAL)).to.throw(TypeError, 'mountPoint must be /opt/sd');
    });
});
