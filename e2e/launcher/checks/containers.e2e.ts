import assert = require('node:assert/strict');
import fs = require('node:fs');
import os = require('node:os');
import path = require('node:path');
import { after, before, describe, it } from 'mocha';
import { launch, OFFICIAL_LAUNCH, type ExchangeConfig, type LaunchOptions } from 'screwdriver-executor-base';
import { images } from '../../images';
import { isStandIn } from '../../images/official';
import { runContainer, type ContainerOptions } from '../container';
import { screwdriver } from '../real';

const STEPS = { work: 'echo at work in $(pwd)', 'teardown-report': 'echo torn down' };
/** Also settings for which the executor of these checks has no options. */
const NO_NEW_PRIVILEGES = { SecurityOpt: ['no-new-privileges'] };
const READ_ONLY = { ReadonlyRootfs: true, Tmpfs: { '/tmp': '' } };
/** The kind of container, where the build works in it, and how it is created. */
const CONTAINERS: [string, string, ContainerOptions][] = [
    ['an image of busybox alone', '/sd/', {}],
    ['an image of glibc alone', '/sd/', { image: images.glibc }],
    ['a user who is not root', '/tmp/sd.', { image: images.user }],
    ['a user with sudo', '/sd/', { image: images.sudo }],
    ['a user whose sudo asks for a password', '/tmp/sd.', { image: images.sudoPassword }],
    ['no new privileges', '/tmp/sd.', { image: images.sudo, hostConfig: NO_NEW_PRIVILEGES }],
    ['no new privileges and no capabilities', '/sd/', { hostConfig: { ...NO_NEW_PRIVILEGES, CapDrop: ['ALL'] } }],
    ['a read-only root', '/tmp/sd.', { hostConfig: READ_ONLY }],
    [
        'a read-only root, a user and a folder at /sd',
        '/sd/',
        { image: images.user, hostConfig: { ...READ_ONLY, Tmpfs: { '/tmp': '', '/sd': 'mode=777' } } }
    ]
];

describe('the official job tools in many kinds of containers', () => {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'screwdriver-e2e-'));
    const killed = path.join(folder, 'killed');
    /** How the official job tools are run for a build. */
    const official = (config: ExchangeConfig, options: LaunchOptions = {}) =>
        launch(config, '/opt/sd', { jobTools: 'official', store: screwdriver.store.uri, ...options });

    before(() => {
        fs.writeFileSync(killed, '#!/bin/sh\nkill -KILL $$\n', { mode: 0o755 });
    });

    after(() => fs.rmSync(folder, { recursive: true }));

    for (const [what, place, container] of CONTAINERS) {
        it(`end in SUCCESS with ${what}, and work in ${place}`, async () => {
            const { build, config } = await screwdriver.buildWithToken(STEPS);
            const { code, printed } = await runContainer(official(config), container);

            assert.equal(code, 0);
            assert.equal((await build.now()).status, 'SUCCESS', printed);
            assert.equal(printed.includes('the build works in /tmp/sd.'), place === '/tmp/sd.');
            const log = await build.logHas('work', '$ ' + STEPS.work);

            assert.ok(
                log.some(line => line.startsWith(`at work in ${place}`)),
                log.join('\n')
            );
            await build.logHas('teardown-report', 'torn down');
        });
    }

    it('report by their exit code that /tmp is not writable', async () => {
        const { build, config } = await screwdriver.buildWithToken(STEPS);
        const { code, printed } = await runContainer(official(config), { hostConfig: { ReadonlyRootfs: true } });

        assert.ok(printed.includes(String(OFFICIAL_LAUNCH.exitCodes[code])), `${code}: ${printed}`);
        assert.equal((await build.now()).status, 'QUEUED');
    });

    it('report by the message of their init that the image has no shell', async () => {
        const { config } = await screwdriver.buildWithToken(STEPS);
        const { code, printed } = await runContainer(official(config), { image: images.noShell });

        assert.equal(code, 2);
        assert.match(printed, /\[dumb-init\] \/bin\/sh: No such file or directory/);
    });

    it('end in SUCCESS if no store can be reached', async () => {
        const { build, config } = await screwdriver.buildWithToken(STEPS);
        const { code } = await runContainer(official(config, { store: 'http://127.0.0.1:1' }));

        assert.equal(code, 0);
        assert.equal((await build.now()).status, 'SUCCESS');
    });

    for (const [program, expected] of [
        ['launch', 137],
        ['logservice', 143]
    ] as const) {
        it(`end by themselves if ${program} is killed before it has opened the pipe`, async () => {
            const { build, config } = await screwdriver.buildWithToken(STEPS);
            const { code } = await runContainer(official(config), {
                hostConfig: { Binds: [`${killed}:/opt/sd/${program}:ro`] }
            });

            assert.equal(code, expected);
            assert.equal((await build.now()).status, 'QUEUED');
        });
    }

    (isStandIn ? it : it.skip)('run as the published executors run them, by entry point and run.sh', async () => {
        const { build, config, temporalToken } = await screwdriver.buildWithToken(STEPS);
        const { store } = screwdriver;
        const words = [temporalToken, config.apiUri, store.uri, '90', config.buildId, 'http://127.0.0.1:1'];
        const { code } = await runContainer({
            command: '/opt/sd/launcher_entrypoint.sh',
            args: [`/opt/sd/run.sh ${words.map(word => `"${word}"`).join(' ')}`],
            env: {}
        });

        assert.equal(code, 0);
        assert.equal((await build.now()).status, 'SUCCESS');
        await build.logHas('work', 'at work in /sd/workspace/src/' + screwdriver.github.host + '/someone/repository');
    });

    it('are not needed by job tools with only a launch script', async () => {
        const { build, config } = await screwdriver.buildWithToken({});
        const { code, printed } = await runContainer(launch(config, '/opt/sd'), {
            image: images.build('reports'),
            jobToolsImage: images.jobTools
        });

        assert.equal(code, 0, printed);
        await build.has('SUCCESS');
    });
});
