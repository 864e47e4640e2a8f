import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { expect } from 'chai';
import { launch, OFFICIAL_LAUNCH } from 'screwdriver-executor-base';

const CONFIG = { token: 'build.jwt-x_y', apiUri: "http://127.0.0.1:1/a'b;c&(d)*$e!~", buildId: 7 };
const STORE = 'http://127.0.0.1:1/"s"$(touch pwned)`touch pwned`&* |x';
const OPTIONS = {
    jobTools: 'official',
    store: STORE,
    buildTimeout: 5,
    flags: { 'cache-strategy': "a 'b' *" }
} as const;
const BUSYBOX = '/bin/busybox';
const SHELLS = [['sh'], ['bash'], ...(existsSync(BUSYBOX) ? [[BUSYBOX, 'sh']] : [])];
/**
 * The image's init, if this machine has it. Without it the shell gets the signals directly, which has the same effect.
 */
const INIT = existsSync('/usr/bin/dumb-init') ? ['/usr/bin/dumb-init', '-c', '--'] : [];

/** Job tools in a few lines: they write down their arguments and use the pipe. */
const LAUNCH = `#!/bin/sh
printf '%s\\0' "$SD_TOKEN" "$SD_BUILD_TIMEOUT" "$SD_BASE_COMMAND_PATH" "$@" > launch.words
exec 3> "$2"
echo line >&3
exec 3>&-
exit 5
`;
const LOGSERVICE = `#!/bin/sh
printf '%s\\0' "$SD_TOKEN" "$@" > logservice.words
cat "$2" > log
`;
const KILLED = '#!/bin/sh\nkill -KILL $$\n';

interface Scene {
    launch?: string;
    logservice?: string;
    /** The path of the script's /sd in the scene's folder. */
    sd?: string;
    /** The path of its /tmp. */
    tmp?: string;
}

describe('the shell of the official job tools', () => {
    let root: string;

    before(async () => {
        root = await mkdtemp(join(tmpdir(), 'official-'));
    });

    after(() => rm(root, { recursive: true, maxRetries: 5 }));

    /** Runs the script unchanged except for its paths, which exist only in a container. */
    async function start(shell: string[], scene: Scene) {
        const folder = await mkdtemp(join(root, 'scene-'));
        const tools = join(folder, 'tools');
        const { args, env } = launch(CONFIG, '/opt/sd', OPTIONS);
        const [script = '', ...words] = args.slice(args.indexOf('/bin/sh') + 2);

        await mkdir(tools);
        await writeFile(join(tools, 'launch'), scene.launch ?? LAUNCH, { mode: 0o755 });
        await writeFile(join(tools, 'logservice'), scene.logservice ?? LOGSERVICE, { mode: 0o755 });
        const own = script
            .replaceAll('/tmp', join(folder, scene.tmp ?? ''))
            .replaceAll('/opt/sd/', `${tools}/`)
            .replaceAll(/(?<=[ =])\/sd(?=[ ;:"\n])/g, () => join(folder, scene.sd ?? 'sd'));
        const [command = '', ...rest] = [...INIT, ...shell, '-c', own, ...words];
        const child = spawn(command, rest, {
            cwd: folder,
            env: { PATH: process.env['PATH'], ...env },
            stdio: ['ignore', 'pipe', 'pipe']
        });
        const printed: string[] = [];

        for (const stream of [child.stdout, child.stderr]) stream.on('data', text => printed.push(String(text)));
        const ended = once(child, 'exit') as Promise<[number | null]>;
        const closed = once(child, 'close');

        return {
            folder,
            child,
            printed: () => printed.join(''),
            async code() {
                const [code] = await ended;

                // By then all its output is here, unless a process that it left behind prints more.
                await Promise.race([closed, wait(500)]);

                return code;
            },
            words: async (program: string) =>
                (await readFile(join(folder, `${program}.words`), 'utf8')).split('\0').slice(0, -1)
        };
    }

    type Build = Awaited<ReturnType<typeof start>>;

    /** Runs it in each shell of this machine concurrently, since most of the time is spent waiting. */
    const inEachShell = (scene: Scene, check: (build: Build) => Promise<void>) =>
        Promise.all(SHELLS.map(async shell => check(await start(shell, scene))));

    it('passes every word unchanged to launch and log service, and ends as launch does', () =>
        inEachShell({}, async ({ folder, code, words }) => {
            const emitter = join(folder, 'sd/emitter');

            expect(await code()).to.equal(5);
            expect(await words('launch')).to.deep.equal([
                ...[CONFIG.token, '5', join(folder, 'sd/commands/')],
                ...['--emitter', emitter],
                ...['--workspace', join(folder, 'sd/workspace')],
                ...['--meta-space', join(folder, 'sd/meta')],
                ...['--api-uri', CONFIG.apiUri],
                ...['--store-uri', STORE],
                ...["--cache-strategy=a 'b' *", '7']
            ]);
            expect(await words('logservice')).to.deep.equal([
                CONFIG.token,
                ...['--emitter', emitter],
                ...['--build-log-folder', join(folder, 'sd')],
                ...['--api-uri', CONFIG.apiUri],
                ...['--store-uri', STORE],
                ...['--build', '7']
            ]);
            expect(await readFile(join(folder, 'log'), 'utf8')).to.equal('line\n');
            expect(await readdir(folder)).to.not.include('pwned');
        }));

    it(`gives launch one TERM after ${OFFICIAL_LAUNCH.termDelaySeconds} s, however many signals come`, () =>
        inEachShell(
            {
                launch: `#!/bin/sh
                    trap 'date +%s >> terms' TERM
                    exec 3> "$2"
                    echo ready >&3
                    while ! [ -e terms ]; do sleep 0.1; done
                    sleep 0.3
                    exit 9
                `,
                logservice: '#!/bin/sh\nread -r line < "$2"\n: > is-ready\n'
            },
            async ({ folder, child, code }) => {
                for (let look = 0; look < 100 && !existsSync(join(folder, 'is-ready')); look += 1) await wait(20);
                const begin = performance.now();

                for (const signal of ['SIGTERM', 'SIGINT', 'SIGTERM'] as const) {
                    child.kill(signal);
                    await wait(100);
                }
                expect(await code()).to.equal(9);
                const seconds = (performance.now() - begin) / 1000;

                expect(seconds).to.be.within(OFFICIAL_LAUNCH.termDelaySeconds, OFFICIAL_LAUNCH.termDelaySeconds + 3);
                expect((await readFile(join(folder, 'terms'), 'utf8')).trim().split('\n')).to.have.length(1);
            }
        ));

    for (const [what, logservice] of [
        ['waits at the pipe', LOGSERVICE],
        ['has yet to come to the pipe', LOGSERVICE.replace('cat', 'sleep 1.2\ncat')]
    ] as const) {
        it(`ends soon if launch is killed while the log service ${what}`, () =>
            inEachShell({ launch: KILLED, logservice }, async ({ code }) => {
                const begin = performance.now();

                expect(await code()).to.equal(137);
                expect(performance.now() - begin).to.be.below(5_000);
            }));
    }

    it('ends launch soon if the log service is killed before it opens the pipe', () =>
        inEachShell({ logservice: KILLED }, async ({ code, printed }) => {
            const begin = performance.now();

            expect(await code()).to.equal(143);
            expect(performance.now() - begin).to.be.below(5_000);
            expect(printed()).to.include('The log service has ended before the launcher could write to it.');
        }));

    it('lets launch continue if the log service is killed later', () =>
        inEachShell(
            {
                launch: '#!/bin/sh\nexec 3> "$2"\nsleep 2\nexit 4\n',
                logservice: '#!/bin/sh\nexec 3< "$2"\nkill -KILL $$\n'
            },
            async ({ code }) => {
                expect(await code()).to.equal(4);
            }
        ));

    it('works in a new folder if /sd cannot be created, and says so', () =>
        inEachShell({ sd: 'tools/launch/sd' }, async ({ code, printed, words }) => {
            expect(await code()).to.equal(5);
            const [, folder] = /the build works in (\S+)\./.exec(printed()) ?? [];

            expect(folder).to.match(/\/sd\.\w{6}$/);
            expect(await words('launch')).to.include.members(
                ['commands/', 'emitter', 'workspace', 'meta'].map(name => `${folder}/${name}`)
            );
            expect(await words('logservice')).to.include.members([`${folder}/emitter`, folder]);
        }));

    it('ends with its own exit code if /tmp is not writable', () =>
        inEachShell({ tmp: 'not-there' }, async ({ folder, code, printed }) => {
            const end = await code();

            expect(OFFICIAL_LAUNCH.exitCodes).to.have.keys(String(end));
            expect(printed().replace(join(folder, 'not-there'), '/tmp')).to.include(OFFICIAL_LAUNCH.exitCodes[end!]);
            expect(await readdir(folder)).to.not.include('launch.words');
        }));

    it('is one command as a line, too', async () => {
        const { args, shellLine } = launch(CONFIG, '/opt/sd', OPTIONS);
        const shell = spawn('sh', ['-s'], { cwd: root, stdio: ['pipe', 'pipe', 'inherit'] });

        shell.stdin.end(`${shellLine.replace('/opt/sd/dumb-init', 'printf %s\\\\0')}\n`);
        expect((await shell.stdout.toArray()).join('').split('\0').slice(0, -1)).to.deep.equal(args);
    });
});
