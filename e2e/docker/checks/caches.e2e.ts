import assert = require('node:assert/strict');
import fs = require('node:fs');
import { after, afterEach, before, beforeEach, describe, it } from 'mocha';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freshBuildId, startConfig } from 'screwdriver-executor-base/testing';
import { images } from '../../images';
import { rejection } from '../../support/rejection';
import { until } from '../../support/until';
import { buildsOnEngine, docker, emptyEngine, output, removeJobTools } from '../engine';
import { oneBuild } from '../one-build';
import { OPTIONS } from '../options';
import { variantOf } from '../variant';
import { Worker } from '../workers';

const KINDS = ['pipeline', 'job', 'event'];
/** Replaces dumb-init: prints which caches the user of the build can write to, also if another user was first. */
const WRITES = `#!/bin/sh
for kind in ${KINDS.join(' ')}; do
    cd /sd\${kind}cache
    [ -d made ] || mkdir made
    touch made/$(id -u) && echo $kind
done 2>/dev/null
`;
/** Replaces chmod or dumb-init: does not end. */
const SLEEPS = '#!/bin/sh\nexec sleep 600\n';

describe('the caches on the disk of the host', () => {
    const build = oneBuild();
    let tools: string;
    let slowTools: string;
    let sleepingTools: string;
    let path: string;
    const made: string[] = [];

    /** Job tools with these programs of our own. */
    async function toolsWith(programs: Record<string, string>) {
        const lines = Object.entries(programs).flatMap(([at, text]) => [
            `rm -f ${at}`,
            `cat > ${at} <<'END'\n${text}END`,
            `busybox chmod 755 ${at}`
        ]);

        made.push(await variantOf(images.noLaunch, lines.join('\n')));

        return made.at(-1)!;
    }

    const optionsWith = (jobToolsImage: string, below = path) => ({
        jobToolsImage,
        jobTools: 'official' as const,
        ecosystem: {
            store: 'http://127.0.0.1:1/store',
            ui: 'http://127.0.0.1:1/ui',
            cache: { strategy: 'disk' as const, path: below }
        }
    });

    /** The caches that a build of an image can write to. */
    async function writableIn(image: string, overrides = {}) {
        build.id = freshBuildId();
        await build.start(image, overrides);
        await build.container().wait();
        assert.deepEqual(await standing(), [build.id, `${build.id}-starting`]);
        const lines = (await output(`sd-build-${build.id}`)).trim().split('\n');

        await build.stop();
        await emptyEngine();

        return lines;
    }

    /** The names of everything of builds on the engine, without their common prefix. */
    const standing = async () =>
        (await buildsOnEngine()).map(name => name.replace(/^\/?sd-build-/, '')).map(name => Number(name) || name);
    /** The container that opens the caches, while it runs. */
    const opener = () =>
        until('a container that opens the caches', async () => {
            const label = [`screwdriver.caches=sd-build-${build.id}`];
            const all = await docker.listContainers({ filters: { label } });

            return all[0];
        });

    before(async () => {
        tools = await toolsWith({ '/opt/sd/dumb-init': WRITES });
        slowTools = await toolsWith({ '/opt/sd/dumb-init': WRITES, '/bin/chmod': SLEEPS });
        sleepingTools = await toolsWith({ '/opt/sd/dumb-init': SLEEPS });
    });

    beforeEach(() => {
        path = fs.mkdtempSync(join(tmpdir(), 'screwdriver-caches-'));
        build.use(optionsWith(tools));
    });

    afterEach(async () => {
        // The folders belong to root.
        const remover = await docker.createContainer({
            Image: images.build('ok'),
            Entrypoint: ['rm', '-rf', '/caches/sd-'],
            Cmd: [],
            HostConfig: { NetworkMode: 'none', Binds: [`${path}:/caches`] }
        });

        await remover.start();
        await remover.wait();
        await remover.remove();
        fs.rmSync(path, { recursive: true });
    });

    after(async () => {
        await removeJobTools();
        for (const image of made) await docker.getImage(image).remove({ force: true });
    });

    it('are writable for builds of every user, whoever came first, and stay when the builds are gone', async () => {
        const ids = { pipelineId: 3, jobId: 5, eventId: 9 };

        for (const image of [images.build('ok'), images.user])
            assert.deepEqual(await writableIn(image, ids), KINDS, image);
        for (const folder of ['pipelines/3', 'jobs/3/5', 'events/3/9'])
            assert.deepEqual(fs.readdirSync(join(path, 'sd-', folder, 'made')).sort(), ['0', '1234'], folder);
    });

    it('are readable for a pull request, which can write only to that of its event', async () => {
        for (const image of [images.build('ok'), images.user])
            assert.deepEqual(await writableIn(image, { jobName: 'PR-1:main' }), ['event'], image);
    });

    it('leave nothing on the engine if the host cannot have them', async () => {
        const file = join(path, 'file');

        fs.writeFileSync(file, '');
        build.use(optionsWith(tools, file));
        assert.equal((await rejection(build.start(images.user))).code, 'DOCKER_ENGINE');
        assert.deepEqual(await standing(), []);
    });

    it('leave nothing on the engine if this process or another one stops the build before they are open', async () => {
        for (const executor of ['its own', 'another']) {
            build.use(optionsWith(slowTools));
            const started = build.start(images.user);

            await opener();
            if (executor === 'another') build.use(optionsWith(slowTools));
            await build.stop();
            assert.equal(await started, false, executor);
            await emptyEngine();
        }
    });

    it('leave nothing on the engine if they do not open in time, without a stop', async () => {
        build.use({ ...optionsWith(slowTools), processPerCall: true, startWait: 10 });
        const error = rejection(build.start(images.user));

        await opener();
        assert.equal((await error).code, 'DOCKER_TIMEOUT');
        await emptyEngine();
    });

    it('do not hinder another start, and a stop leaves nothing, if the first executor was killed before', async () => {
        const config = startConfig(build.api, { buildId: build.id, container: images.user });
        const ends = {
            'not started again': undefined,
            'started, and ended': tools,
            'started, and running': sleepingTools
        };

        for (const [what, secondTools] of Object.entries(ends)) {
            const worker = new Worker({ ...OPTIONS, ...optionsWith(slowTools) });

            try {
                void worker.call('start', config);
                // A watch and a list of builds rely on this label.
                assert.equal((await opener()).Labels['screwdriver.build'], undefined);
            } finally {
                worker.kill('SIGKILL');
                await worker.exit;
            }
            if (secondTools) {
                build.use(optionsWith(secondTools));
                assert.equal(await build.executor.start(config), undefined, what);
                if (secondTools === tools) await build.container().wait();
            }
            await opener();
            await build.stop();
            await emptyEngine();
        }
    });
});
