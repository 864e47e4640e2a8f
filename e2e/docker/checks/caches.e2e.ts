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
/** In the place of dumb-init: says which caches the user of the build can write to, also where another user was first. */
const WRITES = `#!/bin/sh
for kind in ${KINDS.join(' ')}; do
    cd /sd\${kind}cache
    [ -d made ] || mkdir made
    touch made/$(id -u) && echo $kind
done 2>/dev/null
`;
/** In the place of chmod or dumb-init: does not end. */
const SLEEPS = '#!/bin/sh\nexec sleep 600\n';

describe('the caches on the disk of the host', () => {
    const build = oneBuild();
    let tools: string;
    let slowTools: string;
    let sleepingTools: string;
    let path: string;
    const made: string[] = [];

    /** Job tools with these programs of their own. */
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

    /** What stands on the engine for builds, without what all of it begins with. */
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

    it('can be written to by builds of every user, whoever came before, and stay when these are gone', async () => {
        const ids = { pipelineId: 3, jobId: 5, eventId: 9 };

        for (const image of [images.build('ok'), images.user])
            assert.deepEqual(await writableIn(image, ids), KINDS, image);
        for (const folder of ['pipelines/3', 'jobs/3/5', 'events/3/9'])
            assert.deepEqual(fs.readdirSync(join(path, 'sd-', folder, 'made')).sort(), ['0', '1234'], folder);
    });

    it('can be read by a pull request, which writes to that of its event alone', async () => {
        for (const image of [images.build('ok'), images.user])
            assert.deepEqual(await writableIn(image, { jobName: 'PR-1:main' }), ['event'], image);
    });

    it('leave nothing on the engine where the host cannot have them', async () => {
        const file = join(path, 'file');

        fs.writeFileSync(file, '');
        build.use(optionsWith(tools, file));
        assert.equal((await rejection(build.start(images.user))).code, 'DOCKER_ENGINE');
        assert.deepEqual(await standing(), []);
    });

    it('leave nothing on the engine where the build is stopped before they are open, by this process or another', async () => {
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

    it('leave nothing on the engine where they do not open in time, without a stop', async () => {
        build.use({ ...optionsWith(slowTools), processPerCall: true, startWait: 10 });
        const error = rejection(build.start(images.user));

        await opener();
        assert.equal((await error).code, 'DOCKER_TIMEOUT');
        await emptyEngine();
    });

    it('do not hinder another start, and a stop leaves nothing, where the first executor was killed before', async () => {
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
                // What a watch and a list of builds go by.
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
