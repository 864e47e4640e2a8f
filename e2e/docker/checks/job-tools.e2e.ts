import assert = require('node:assert/strict');
import { afterEach, beforeEach, describe, it } from 'mocha';
import { exec } from 'node:child_process';
import { promisify } from 'node:util';
import { freshBuildId, startConfig, stopConfig } from 'screwdriver-executor-base/testing';
import { images } from '../../images';
import { until } from '../../support/until';
import { buildsOnEngine, docker, emptyEngine, jobToolsOnEngine, output, removeJobTools } from '../engine';
import { GONE, TOOLS, inTurn, json } from '../fake-engine';
import { onFakeEngine } from '../on-fake-engine';
import { oneBuild } from '../one-build';
import { variantOf } from '../variant';

const TOOLS_AT = '/tools';
/** Job tools that take the engine a while to copy. */
const MEGABYTES = 300;
/** On Podman a start that fills them counts as dead after five times this timeout. */
const IMPATIENT = { docker: { timeout: 10_000 } };
const MAKES_BUILD = 'POST /containers/create?name=sd-build-7';

describe('the job tools on an engine', () => {
    const build = oneBuild();
    let made: string[] = [];

    /** An image of job tools with its own file, at a path that is not a volume of the image. */
    async function tools(megabytes: number, name?: string) {
        const copy = `mkdir -p ${TOOLS_AT} /hab; cp -a /opt/sd/. ${TOOLS_AT}; echo Habitat > /hab/is`;
        const fill = `dd if=/dev/urandom of=${TOOLS_AT}/big bs=1M count=${megabytes}`;
        const image = await variantOf(images.jobTools, `${copy}; ${fill}`, name ? { name } : {});

        made.push(image);

        return image;
    }

    const use = (jobToolsImage: string, options = {}) => build.use({ jobToolsImage, mountPoint: TOOLS_AT, ...options });
    const volumes = async () => (await jobToolsOnEngine()).filter(name => !name.startsWith('/'));

    /** The size in bytes of a file in a volume that builds read. */
    async function bytesOf(volume: string, file: string) {
        const container = await docker.createContainer({
            Image: images.build('ok'),
            Entrypoint: ['wc', '-c', `/in/${file}`],
            Cmd: [],
            HostConfig: { NetworkMode: 'none', Mounts: [{ Type: 'volume', Source: volume, Target: '/in' }] }
        });

        try {
            await container.start();
            await container.wait();

            return Number.parseInt(await output(container.id));
        } finally {
            await container.remove();
        }
    }

    beforeEach(removeJobTools);

    afterEach(async () => {
        await removeJobTools();
        for (const image of new Set(made)) await docker.getImage(image).remove({ force: true });
        made = [];
    });

    it('exist once although ten builds start at the same time, and stay when those are gone', async () => {
        const ids = Array.from({ length: 10 }, freshBuildId);

        await Promise.all(
            ids.map(buildId =>
                build.executor.start(startConfig(build.api, { buildId, container: images.build('sleeps') }))
            )
        );
        const there = await jobToolsOnEngine();

        assert.deepEqual(there, [`/${there[1]}`, there[1]]);
        await Promise.all(ids.map(buildId => build.executor.stop(stopConfig(build.api, { buildId }))));
        await emptyEngine();
        assert.deepEqual(await jobToolsOnEngine(), there);
    });

    it('cannot be changed by a build', async () => {
        await build.start(images.build('sleeps'));
        const { Mounts } = await build.container().inspect();

        assert.deepEqual(
            Mounts.map(({ Destination, RW }) => [Destination, RW]),
            [['/opt/sd', false]]
        );
    });

    it('include Habitat if an option says so, and have no volume for it otherwise', async () => {
        use(await tools(1), { habitat: true });
        await build.start(images.build('sleeps'));
        const { Mounts } = await build.container().inspect();
        const habitat = Mounts.find(({ Destination }) => Destination === '/hab');

        assert.equal(habitat?.RW, false);
        assert.equal(await bytesOf(habitat.Name!, 'is'), 'Habitat\n'.length);
    });

    it('stay the same for a running build when their tag moves, and are removed when no build uses them', async () => {
        const name = 'screwdriver-e2e/moving:1';

        use(await tools(1, name));
        await build.start(images.build('sleeps'));
        const [first] = await volumes();

        for (const expected of [2, 2]) {
            const buildId = freshBuildId();

            await docker.getImage(name).remove({ force: true });
            use(await tools(1, name));
            await build.executor.start(startConfig(build.api, { buildId, container: images.build('ok') }));
            const there = await volumes();

            assert.equal(there.length, expected);
            assert.ok(there.includes(first!));
            await build.executor.stop(stopConfig(build.api, { buildId }));
            await until('its removal', async () => !(await buildsOnEngine()).some(one => one.includes(`${buildId}`)));
        }
        assert.equal(await bytesOf(first!, 'big'), 2 ** 20);
        assert.match(await build.status(), /running since/);
    });

    it('are created again if the process that filled them has died', async () => {
        const image = await tools(1);

        use(image, IMPATIENT);
        await build.start(images.build('sleeps'));
        const [volume = ''] = await volumes();

        await build.stop();
        await emptyEngine();
        await removeJobTools();
        // As a killed engine leaves it: half filled, and yet with a container.
        const Mounts = [{ Type: 'volume' as const, Source: volume, Target: TOOLS_AT, VolumeOptions: { NoCopy: true } }];

        await docker.createContainer({
            name: `${volume}-filling`,
            Image: image,
            Cmd: ['true'],
            // dockerode's types require all options of a volume.
            HostConfig: { Mounts: Mounts as object[] as [] }
        });
        await build.start(images.build('sleeps'));
        assert.equal(await bytesOf(volume, 'big'), 2 ** 20);
        assert.deepEqual(await jobToolsOnEngine(), [`/${volume}`, volume]);
    }).timeout(300_000);

    it('are complete after the engine was killed while it filled them', async function () {
        const command = process.env.DOCKER_RESTART;

        if (!command) {
            console.log('      not run: DOCKER_RESTART does not say how this engine is killed and started again');
            return this.skip();
        }
        use(await tools(MEGABYTES), IMPATIENT);
        const started = build.start(images.build('sleeps')).catch(() => {});

        await until('the fill', async () => (await volumes()).length > 0);
        await promisify(exec)(command);
        await started;
        // A build that had come up by then has died with the engine.
        await build.stop();
        await build.start(images.build('sleeps'));
        const [volume = ''] = await volumes();

        assert.equal(await bytesOf(volume, 'big'), MEGABYTES * 2 ** 20);
    }).timeout(300_000);
});

describe('job tools that another start removes', () => {
    const build = onFakeEngine();

    it('after a build has got them are created again, and so is its container, which then starts', async () => {
        await build.use({
            'GET /containers/json': json(200, [{ Id: 'made' }]),
            'GET /volumes': json(200, { Volumes: [{ Name: 'sd-build-7-starting' }] }),
            'GET /containers/tools/json': inTurn(GONE, TOOLS)
        });
        assert.notEqual(await build.start(), false);
        assert.equal(build.engine.calls.filter(call => call === MAKES_BUILD).length, 2);
        assert.deepEqual(build.removals(), ['DELETE /containers/made?v=true']);
    });
});
