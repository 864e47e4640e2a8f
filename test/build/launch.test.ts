import { execFile } from 'node:child_process';
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect } from 'chai';
import { launch } from 'screwdriver-executor-base';
import { startConfig } from '../support/configs';
import type { ExchangeConfig } from 'screwdriver-executor-base';

const CONFIG = { token: 'build.jwt-x_y', apiUri: 'https://api.screwdriver.cd', buildId: 12 };
const HOSTILE = [
    "'; touch pwned; '",
    '"; touch pwned; "',
    '$(touch${IFS}pwned)',
    '`touch${IFS}pwned`',
    '${HOME}',
    '&&touch${IFS}pwned',
    '|touch${IFS}pwned',
    "'\\''",
    '\\',
    '!history',
    '~',
    '*',
    '#comment',
    '>pwned',
    '=x',
    'a=b'
];

describe('launch', () => {
    it('gives command, arguments and environment, and the line of the launch contract', () => {
        expect(launch(CONFIG, '/opt/sd')).to.deep.equal({
            command: '/opt/sd/launch',
            args: ['--api-uri', 'https://api.screwdriver.cd', '12'],
            env: { SD_TOKEN: 'build.jwt-x_y' },
            shellLine: 'SD_TOKEN=build.jwt-x_y /opt/sd/launch --api-uri https://api.screwdriver.cd 12'
        });
    });

    it('takes a whole start config', () => {
        const config = startConfig();
        const { args, env } = launch(config, '/opt/sd');

        expect(args).to.deep.equal(['--api-uri', config.apiUri, '13']);
        expect(env).to.deep.equal({ SD_TOKEN: config.token });
    });

    it('never puts the token into an argument', () => {
        const { command, args } = launch(CONFIG, '/opt/sd');

        expect([command, ...args].join(' ')).to.not.include(CONFIG.token);
    });

    it('drops slashes at the end of the mount point and gives the build id as a number', () => {
        expect(launch(CONFIG, '/opt/sd//').command).to.equal('/opt/sd/launch');
        expect(launch(CONFIG, '/').command).to.equal('/launch');
        expect(launch({ ...CONFIG, buildId: ' 012 ' }, '/opt/sd').args[2]).to.equal('12');
    });

    for (const [what, bad] of Object.entries({
        'an empty token': { token: '' },
        'a token with a line break': { token: 'a\nb' },
        'a token with a space': { token: 'a b' },
        'no token': { token: undefined },
        'a path in the build id': { buildId: '7/../8' },
        'an option as build id': { buildId: '--help' },
        'a file URI': { apiUri: 'file:///etc/passwd' },
        'no URI': { apiUri: 'api' },
        'an option as URI': { apiUri: '--help' }
    })) {
        it(`throws Joi's ValidationError for ${what}`, () => {
            expect(() => launch({ ...CONFIG, ...bad } as ExchangeConfig, '/opt/sd'))
                .to.throw()
                .that.includes({ name: 'ValidationError', isJoi: true });
        });
    }

    for (const bad of ['', '\0', undefined, null, 12, {}]) {
        it(`throws a TypeError for the mount point ${JSON.stringify(bad) ?? 'undefined'}`, () => {
            expect(() => launch(CONFIG, bad as string)).to.throw(TypeError, 'mountPoint must be the path');
        });
    }
});

describe('the shell line', () => {
    let folder: string;

    before(async () => {
        folder = await mkdtemp(join(tmpdir(), 'launch-'));
    });

    after(() => rm(folder, { recursive: true }));

    /** Feeds the line to a shell's standard input. Returns what the launch script got. */
    async function run(config: ExchangeConfig, mountPoint: string, shell: string): Promise<string[]> {
        await mkdir(mountPoint, { recursive: true });
        await writeFile(join(mountPoint, 'launch'), '#!/bin/sh\nprintf "%s\\0" "$SD_TOKEN" "$@"\n');
        await chmod(join(mountPoint, 'launch'), 0o755);
        const running = promisify(execFile)(shell, ['-s'], { cwd: folder });

        running.child.stdin?.end(`${launch(config, mountPoint).shellLine}\n`);

        return (await running).stdout.split('\0').slice(0, -1);
    }

    for (const shell of ['sh', 'bash']) {
        for (const hostile of HOSTILE) {
            it(`is one command to ${shell}, whatever it holds: ${hostile}`, async () => {
                const token = hostile.replaceAll(' ', '${IFS}');
                const apiUri = "http://127.0.0.1:1/a'b;c&(d)*$e!~";
                const mountPoint = join(folder, `mount ${hostile.replaceAll('/', '')}\nx`);

                expect(await run({ token, apiUri, buildId: 7 }, mountPoint, shell)).to.deep.equal([
                    token,
                    '--api-uri',
                    apiUri,
                    '7'
                ]);
            });
        }
    }

    it('ran nothing else', async () => {
        const { access } = await import('node:fs/promises');

        expect(await access(join(folder, 'pwned')).then(Boolean, () => 'not there')).to.equal('not there');
    });
});
