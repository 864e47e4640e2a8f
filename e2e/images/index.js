'use strict';

const { execFileSync, spawnSync } = require('node:child_process');
const fs = require('node:fs');
const { tmpdir } = require('node:os');
const { join } = require('node:path');
const { text } = require('node:stream/consumers');

const BUSYBOX = '/bin/busybox';
const REPOSITORY = 'screwdriver-e2e';

/** What the image of a build makes its launcher do. */
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
const images = {
    jobTools: `${REPOSITORY}/job-tools:1`,
    /** Job tools that are there, but for the launch script. */
    noLaunch: `${REPOSITORY}/no-launch:1`,
    /** A build's image without a shell. */
    noShell: `${REPOSITORY}/no-shell:1`,
    missing: `${REPOSITORY}/missing:1`,
    /** @param {keyof typeof STEPS} steps */
    build: steps => `${REPOSITORY}/build:${steps}`
};

/**
 * Puts the images on the engine, made from the static busybox of this machine: no registry is asked.
 *
 * @param {import('dockerode')} docker
 * @param {(name: string) => void} [onAdded]
 * @returns {Promise<() => Promise<void>>} takes them away again
 */
async function addImages(docker, onAdded = () => {}) {
    const folder = fs.mkdtempSync(join(tmpdir(), 'screwdriver-images-'));
    const made = [];
    const remove = async () => {
        for (const name of made) await docker.getImage(name).remove({ force: true });
    };
    const add = async (name, tar, changes = []) => {
        const [repo, tag] = name.split(':');
        // The image is there when the answer has ended.
        const answer = await text(await docker.importImage(fs.createReadStream(tar), { repo, tag, changes }));

        if (answer.includes('"error"')) throw new Error(answer);
        made.push(name);
        onAdded(name);
    };

    try {
        const busybox = pack(folder, 'busybox', addBusybox);
        const jobTools = pack(folder, 'job-tools', root => {
            addBusybox(root);
            fs.mkdirSync(join(root, 'opt/sd'), { recursive: true });
            // The published Kubernetes executor copies this as well, and nothing at all where it is missing.
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
        const empty = pack(folder, 'empty', root =>
            fs.writeFileSync(join(root, 'file'), 'A kubelet takes no image of no size.\n')
        );

        // As the real one does: the published Docker executor takes its volumes, whatever their path.
        await add(images.jobTools, jobTools, ['VOLUME /opt/sd']);
        await add(images.noLaunch, noLaunch);
        await add(images.noShell, empty);
        for (const [tag, environment] of Object.entries(STEPS)) {
            await add(images.build(tag), busybox, environment.map(toEnv));
        }

        return remove;
    } catch (error) {
        await remove().catch(() => {});
        throw error;
    } finally {
        fs.rmSync(folder, { recursive: true });
    }
}

/** `STEPS=sleep 600` as the line of a Dockerfile. */
function toEnv(setting) {
    const [name, ...value] = setting.split('=');

    return `ENV ${name}=${JSON.stringify(value.join('='))}`;
}

/** Throws where there is none, or one that needs libraries, which the images do not have. */
function mustHaveBusybox() {
    fs.accessSync(BUSYBOX);
    if (spawnSync('ldd', [BUSYBOX]).status === 0) throw new Error(`${BUSYBOX} is not static`);
}

/** @param {string} root */
function addBusybox(root) {
    fs.mkdirSync(join(root, 'bin'));
    for (const folder of ['tmp', 'etc', 'proc', 'sys', 'dev']) fs.mkdirSync(join(root, folder));
    fs.copyFileSync(BUSYBOX, join(root, 'bin/busybox'));
    for (const applet of execFileSync(BUSYBOX, ['--list'], { encoding: 'utf8' }).trim().split('\n')) {
        if (applet !== 'busybox') fs.symlinkSync('busybox', join(root, 'bin', applet));
    }
    fs.writeFileSync(join(root, 'etc/passwd'), 'root:x:0:0:root:/:/bin/sh\n');
}

/** The path of a tar of what `fill` puts into a folder. */
function pack(folder, name, fill) {
    const root = join(folder, name);
    const file = `${root}.tar`;

    fs.mkdirSync(root);
    fill(root);
    execFileSync('tar', ['-C', root, '--owner=0', '--group=0', '-cf', file, '.']);

    return file;
}

module.exports = { addImages, images, mustHaveBusybox };
