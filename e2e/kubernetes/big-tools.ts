/**
 * Prints how long builds take from start to their launcher with job tools of 1.2 GB, which each pod copies, or only the
 * first pod of a node:
 *     node -r tsx/cjs e2e/kubernetes/big-tools.ts
 */
import fs = require('node:fs');
import os = require('node:os');
import path = require('node:path');
import { freshBuildId, startConfig, startTokenApi, stopConfig } from 'screwdriver-executor-base/testing';
import KubernetesExecutor = require('../../examples/kubernetes-executor/lib/executor');
import { docker } from '../docker/engine';
import { variantOf } from '../docker/variant';
import { addImages, images } from '../images';
import { annotations } from '../support/annotations';
import { startRegistry } from '../support/registry';
import { until } from '../support/until';
import { listing, namespace, phase, podTemplate } from './cluster';

const MOUNT_POINT = '/opt/tools';
const FILES = 'for i in $(seq 1 100); do dd if=/dev/urandom of=/opt/tools/$i bs=1M count=12; done';

async function main() {
    const removeImages = await addImages(docker);
    const registry = await startRegistry(docker);
    const api = await startTokenApi();
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'screwdriver-tools-'));
    const variant = await variantOf(images.jobTools, `mkdir /opt/tools; cp -a /opt/sd/. /opt/tools; ${FILES}`);
    const jobToolsImage = await registry.pinned(await registry.push(variant));
    const pods = async () => (await listing()).pods.filter(name => name.startsWith('sd-build-'));

    await docker
        .pull(jobToolsImage)
        .then(answer => new Promise(resolve => docker.modem.followProgress(answer, resolve)));
    for (const [how, more] of Object.entries({ 'each pod': {}, 'the first pod of a node': { jobToolsPath: folder } })) {
        const executor = new KubernetesExecutor({
            namespace,
            jobTools: 'launch',
            jobToolsImage,
            mountPoint: MOUNT_POINT,
            podTemplate,
            stopSeconds: 2,
            ...more
        });

        for (const which of ['first', 'second', 'third']) {
            const buildId = freshBuildId();
            const begin = performance.now();

            await executor.start(
                startConfig(api, {
                    buildId,
                    container: images.build('sleeps'),
                    annotations: annotations({ cpu: 1, ram: 2 })
                })
            );
            await phase(buildId, 'Running');
            console.log(`copied by ${how}, ${which} build: ${((performance.now() - begin) / 1000).toFixed(1)} s`);
            await executor.stop(stopConfig(api, { buildId }));
            await until('an empty namespace', async () => (await pods()).length === 0, 100);
        }
        await executor.cleanUp();
    }
    fs.rmSync(folder, { recursive: true });
    for (const image of [jobToolsImage, variant]) await docker.getImage(image).remove({ force: true });
    await registry.close();
    await removeImages();
    await api.close();
}

void main();
