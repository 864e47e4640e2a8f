import assert = require('node:assert/strict');
import { after, before, describe, it } from 'mocha';
import { images } from '../../images';
import { docker } from '../engine';
import { oneBuild } from '../one-build';
import { variantOf } from '../variant';

const HARDENED = { noNewPrivileges: true, dropCapabilities: ['ALL'] };

/** What builds do, as root or as a user, and whether they can do it with the hardened options. */
const DEEDS: [string, string, string, { hardened: boolean }][] = [
    ['chown', 'ok', 'touch /tmp/a; chown 1234 /tmp/a', { hardened: false }],
    [
        "a package's post-install script",
        'ok',
        'touch /tmp/tool; chmod 4755 /tmp/tool; mkdir -p /var/lib/x; chown 1234:1234 /var/lib/x',
        { hardened: false }
    ],
    ['su', 'ok', `su build -c 'test $(id -u) = 1234'`, { hardened: false }],
    ['sudo of a user', 'sudo', 'sudo -n true', { hardened: false }],
    ['a ping', 'ok', 'ping -c 1 127.0.0.1', { hardened: false }],
    ['what needs no rights', 'ok', 'echo at work > /tmp/a; cat /tmp/a', { hardened: true }]
];

describe('the rights of a build', () => {
    const build = oneBuild();
    const made: string[] = [];

    before(async () => {
        for (const [, image, deed] of DEEDS) {
            const from = image === 'sudo' ? images.sudo : images.build('ok');

            made.push(await variantOf(from, 'true', { environment: { STEPS: deed } }));
        }
    });

    after(async () => {
        for (const image of made) await docker.getImage(image).remove({ force: true });
    });

    /** The exit code of a build's launcher, which is that of its steps here. */
    async function codeOf(image: string) {
        await build.start(image);

        return (await build.container().wait()).StatusCode;
    }

    for (const [at, [what, , , { hardened }]] of DEEDS.entries()) {
        it(`include ${what} by default`, async () => {
            assert.equal(await codeOf(made[at]!), 0);
        });

        it(`include ${what} with no new privileges and no capabilities: ${hardened ? 'yes' : 'no'}`, async () => {
            build.use(HARDENED);
            assert.equal((await codeOf(made[at]!)) === 0, hardened);
        });
    }

    it('do not include more processes than its limit', async () => {
        const fork = 'for i in $(seq 1 100); do sleep 60 & done';
        const image = await variantOf(images.build('ok'), 'true', { environment: { STEPS: fork } });

        try {
            build.use({ pidsLimit: 50 });
            assert.notEqual(await codeOf(image), 0);
        } finally {
            await build.stop();
            await docker.getImage(image).remove({ force: true });
        }
    });

    it('do not include access to the engine or to the namespaces of its host', async () => {
        await build.start(images.build('sleeps'));
        const { HostConfig, Mounts } = await build.container().inspect();

        assert.equal(HostConfig.PidsLimit, 4096);
        assert.equal(HostConfig.Privileged, false);
        // Docker reports an empty mode for the build's own namespaces.
        for (const mode of [HostConfig.PidMode, HostConfig.UTSMode, HostConfig.UsernsMode])
            assert.ok(['', 'private'].includes(mode!), mode);
        // Podman's namespace is open to other containers, not to the host.
        assert.ok(['private', 'shareable'].includes(HostConfig.IpcMode!), HostConfig.IpcMode);
        assert.ok(Mounts.every(({ Source }) => !Source?.includes('docker.sock')));
    });
});
