/**
 * Prints how long builds take from start to their launcher with job tools of 1.2 GB, and how much each writes to the disk:
 *     node -r tsx/cjs e2e/docker/big-tools.ts
 */
import { startConfig, startTokenApi, stopConfig } from 'screwdriver-executor-base/testing';
import DockerExecutor = require('../../examples/docker-executor/lib/executor');
import { addImages, images } from '../images';
import { docker, emptyEngine, removeJobTools } from './engine';
import { OPTIONS } from './options';
import { variantOf } from './variant';

const MOUNT_POINT = '/tools';
const FILES = 'for i in $(seq 1 100); do dd if=/dev/urandom of=/tools/$i bs=1M count=12; done';

/** Bytes in volumes and in the containers' own layers. */
async function written() {
    const { Volumes, Containers } = await docker.df();
    const sizes = [
        ...(Volumes ?? []).map(({ UsageData }: { UsageData?: { Size: number } }) => UsageData?.Size ?? 0),
        ...(Containers ?? []).map(({ SizeRw }: { SizeRw?: number }) => SizeRw ?? 0)
    ];

    return sizes.reduce((sum, size) => sum + size, 0);
}

async function main() {
    const removeImages = await addImages(docker);
    const api = await startTokenApi();
    const jobToolsImage = await variantOf(images.jobTools, `mkdir /tools; cp -a /opt/sd/. /tools; ${FILES}`);
    const executor = new DockerExecutor({ ...OPTIONS, jobToolsImage, mountPoint: MOUNT_POINT });

    for (const which of ['first', 'second', 'third']) {
        const config = startConfig(api, { container: images.build('sleeps') });
        const before = await written();
        const begin = performance.now();

        await executor.start(config);
        const seconds = ((performance.now() - begin) / 1000).toFixed(2);

        console.log(`${which} build: ${seconds} s, ${(await written()) - before} bytes`);
        await executor.stop(stopConfig(api, { buildId: config.buildId }));
    }
    await emptyEngine();
    await executor.cleanUp();
    await removeJobTools();
    await docker.getImage(jobToolsImage).remove({ force: true });
    await removeImages();
    await api.close();
}

void main();
