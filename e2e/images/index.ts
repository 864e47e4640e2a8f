import { execFileSync, spawnSync } from 'node:child_process';
import fs = require('node:fs');
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { addProgram } from './elf';
import { addOfficialTools, mustHaveOfficialTools } from './official';

const BUSYBOX = '/bin/busybox';
const REPOSITORY = 'screwdriver-e2e';

/** What a build's image makes its launcher do. */
const STEPS = {
    ok: ['STEPS=echo at work'],
    'exit-7': ['STEPS=exit 7'],
    // Fills its memory until the engine ends it.
    'out-of-memory': ['STEPS=exec tail /dev/zero'],
    sleeps: ['STEPS=sleep 600'],
    'ignores-term': ['STEPS=sleep 600', 'IGNORE_TERM=1'],
    reports: ['STEPS=echo at work', 'REPORT=1']
};

/** The names of the images, once they are on an engine. */
export const images = {
    /** Job tools with only a `launch`, for the line in the README. */
    jobTools: `${REPOSITORY}/job-tools:1`,
    /** Job tools like those of the official image: launch and log service, with a pipe. */
    official: `${REPOSITORY}/official:1`,
    /** Job tools without the launch script. */
    noLaunch: `${REPOSITORY}/no-launch:1`,
    /** A build's image without a shell. */
    noShell: `${REPOSITORY}/no-shell:1`,
    missing: `${REPOSITORY}/missing:1`,
    /** A build's image with Debian's shell and tools, and glibc. */
    glibc: `${REPOSITORY}/build:glibc`,
    /** Images of a user who is not root: without sudo, with it, and with one that asks for a password. */
    user: `${REPOSITORY}/build:user`,
    sudo: `${REPOSITORY}/build:sudo`,
    sudoPassword: `${REPOSITORY}/build:sudo-password`,
    build: (steps: keyof typeof STEPS) => `${REPOSITORY}/build:${steps}`
};

/** The part of dockerode's client that the images need. */
interface Engine {
    importImage(tar: NodeJS.ReadableStream, options: object): Promise<NodeJS.ReadableStream>;
    getImage(name: string): { remove(options: object): Promise<unknown> };
}

/**
 * Creates the images on the engine from this machine's static busybox, without a registry.
 *
 * @returns a function that removes them again
 */
export async function addImages(docker: Engine, onAdded: (name: string) => void = () => {}) {
    const folder = fs.mkdtempSync(join(tmpdir(), 'screwdriver-images-'));
    const made: string[] = [];
    const remove = async () => {
        for (const name of made) await docker.getImage(name).remove({ force: true });
    };
    const add = async (name: string, tar: string, changes: string[] = []) => {
        // The name includes the tag, since Podman ignores a separate one. The image exists when the answer has ended.
        const answer = await text(await docker.importImage(fs.createReadStream(tar), { repo: name, changes }));

        if (answer.includes('"error"')) throw new Error(answer);
        made.push(name);
        onAdded(name);
    };

    try {
        const busybox = pack(folder, 'busybox', addBusybox);
        const jobTools = pack(folder, 'job-tools', root => {
            addBusybox(root);
            fs.mkdirSync(join(root, 'opt/sd'), { recursive: true });
            // The published Kubernetes executor copies this as well, and copies nothing at all if it is missing.
            fs.mkdirSync(join(root, 'hab'));
            for (const script of ['launch', 'launcher_entrypoint.sh', 'run.sh']) {
                fs.copyFileSync(join(__dirname, script), join(root, 'opt/sd', script));
                fs.chmodSync(join(root, 'opt/sd', script), 0o755);
            }
        });
        const noLaunch = pack(folder, 'no-launch', root => {
            addBusybox(root);
            fs.mkdirSync(join(root, 'opt/sd'), { recursive: true });
            fs.copyFileSync(join(__dirname, 'run.sh'), join(root, 'opt/sd/run.sh'));
        });
        const official = pack(folder, 'official', root => {
            addBusybox(root);
            fs.mkdirSync(join(root, 'hab'));
            addOfficialTools(root);
        });
        const glibc = pack(folder, 'glibc', addDebian);
        const sudo = pack(folder, 'sudo', root => {
            addBusybox(root);
            addSudo(root);
        });
        const sudoPassword = pack(folder, 'sudo-password', root => {
            addBusybox(root);
            addScript(root, 'bin/sudo', 'echo "sudo: a password is required" >&2; exit 1');
        });
        const empty = pack(folder, 'empty', root =>
            fs.writeFileSync(join(root, 'file'), 'A kubelet takes no image of no size.\n')
        );

        // Like the real image: the published Docker executor uses its volumes, whatever their path.
        await add(images.jobTools, jobTools, ['VOLUME /opt/sd']);
        await add(images.noLaunch, noLaunch);
        await add(images.noShell, empty);
        for (const [tag, environment] of Object.entries(STEPS)) {
            await add(images.build(tag as keyof typeof STEPS), busybox, environment.map(toEnv));
        }
        await add(images.official, official, ['VOLUME /opt/sd']);
        await add(images.glibc, glibc);
        await add(images.user, busybox, ['USER 1234:1234']);
        await add(images.sudo, sudo, ['USER 1234:1234']);
        await add(images.sudoPassword, sudoPassword, ['USER 1234:1234']);

        return remove;
    } catch (error) {
        await remove().catch(() => {});
        throw error;
    } finally {
        fs.rmSync(folder, { recursive: true });
    }
}

/** `STEPS=sleep 600` as a line of a Dockerfile. */
function toEnv(setting: string) {
    const [name, ...value] = setting.split('=');

    return `ENV ${name}=${JSON.stringify(value.join('='))}`;
}

/** Throws if a tool for the images is missing, or if busybox needs libraries, which the images do not have. */
export function mustHaveTools() {
    fs.accessSync(BUSYBOX);
    mustHaveOfficialTools();
    if (spawnSync('ldd', [BUSYBOX]).status === 0) throw new Error(`${BUSYBOX} is not static`);
}

function addBusybox(root: string) {
    addFolders(root);
    fs.copyFileSync(BUSYBOX, join(root, 'bin/busybox'));
    for (const applet of execFileSync(BUSYBOX, ['--list'], { encoding: 'utf8' }).trim().split('\n')) {
        if (applet !== 'busybox') fs.symlinkSync('busybox', join(root, 'bin', applet));
    }
}

/** Debian's shell and a few of its tools, with nothing of busybox. */
function addDebian(root: string) {
    addFolders(root);
    for (const tool of [
        'cat',
        'chmod',
        'date',
        'echo',
        'mkdir',
        'mkfifo',
        'mktemp',
        'mv',
        'rm',
        'sleep',
        'grep',
        'id'
    ]) {
        addProgram(root, fs.realpathSync(`/usr/bin/${tool}`), `/bin/${tool}`);
    }
    addProgram(root, '/bin/sh');
}

/** `sudo -n COMMAND`, without a password: a busybox with the setuid bit, and a root without a password. */
function addSudo(root: string) {
    fs.copyFileSync(BUSYBOX, join(root, 'bin/busybox-root'));
    fs.chmodSync(join(root, 'bin/busybox-root'), 0o4755);
    fs.writeFileSync(join(root, 'etc/shadow'), 'root::19000:0:99999:7:::\n', { mode: 0o600 });
    addScript(root, 'bin/sudo', `shift; exec /bin/busybox-root su root -c 'exec "$@"' sh "$@"`);
}

function addScript(root: string, path: string, script: string) {
    fs.writeFileSync(join(root, path), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
}

function addFolders(root: string) {
    for (const folder of ['bin', 'tmp', 'etc', 'proc', 'sys', 'dev']) fs.mkdirSync(join(root, folder));
    fs.chmodSync(join(root, 'tmp'), 0o1777);
    fs.writeFileSync(join(root, 'etc/passwd'), 'root:x:0:0:root:/:/bin/sh\nbuild:x:1234:1234:build:/:/bin/sh\n');
}

/** The path of a tar with the files that `fill` puts into a folder. */
function pack(folder: string, name: string, fill: (root: string) => void) {
    const root = join(folder, name);
    const file = `${root}.tar`;

    fs.mkdirSync(root);
    fill(root);
    execFileSync('tar', ['-C', root, '--owner=0', '--group=0', '-cf', file, '.']);

    return file;
}
