import assert = require('node:assert/strict');
import fs = require('node:fs');
import os = require('node:os');
import path = require('node:path');
import { isDeepStrictEqual } from 'node:util';
import { after, before, describe, it } from 'mocha';
import { checkInWorker, type Engine } from '../../checks/worker';
import { images } from '../../images';
import { annotations } from '../../support/annotations';
import { ClusterWorker } from '../../support/cluster-worker';
import { ExecutorProcess } from '../../support/executor-process';
import { until } from '../../support/until';
import { core, listing, namespace, needsThisHost, phase, podTemplate, type Listing } from '../cluster';
import { writeKubeconfig } from '../kubeconfig';
import { HERE, labelNode, oneBuild, whileNodeIsThere } from '../one-build';

const SMALL = annotations({ cpu: 0.05, ram: 0.0625 });

describe('in the worker for build clusters, where each call has its own process', function () {
    this.timeout(600_000);
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'screwdriver-kubeconfig-'));
    let found: Listing;
    const engine: Engine = {
        example: 'kubernetes-executor',
        options: { namespace, jobTools: 'launch', jobToolsImage: images.jobTools, stopSeconds: 2, podTemplate },
        annotations: SMALL,
        unreachable: { kubeconfig: writeKubeconfig(folder, '127.0.0.1:1') },
        // Each process loads the client of the cluster: 25 builds would take minutes.
        many: { builds: 5, prefetch: 4 },
        async empty(hook) {
            if (hook?.currentTest?.state === 'failed') await removeBuilds();
            await until('an empty namespace', async () => isDeepStrictEqual(await listing(), found), 120);
        },
        runnerOf: async buildId => (await phase(buildId, 'Running')).metadata.uid,
        /** No node has the label that builds require. */
        busy() {
            let isHere = false;

            return Promise.resolve({
                annotations: annotations(HERE),
                letGo() {
                    isHere = true;

                    return labelNode('here');
                },
                close: () => isHere && labelNode(null)
            });
        }
    };

    before(async function () {
        needsThisHost(this);
        found = await listing();
    });

    after(() => fs.rmSync(folder, { recursive: true }));

    checkInWorker(engine, /^Error: Build \d+ has not started: No node of the cluster can take the build: /);
});

describe('in the worker for build clusters, with an executor that continues after its answer', () => {
    const build = oneBuild();

    before(function () {
        needsThisHost(this);
    });

    it('a build whose process was killed after it answered "not yet" succeeds by the next verify', async () => {
        const options = build.options({ nodeWait: 5_000 });
        const worker = new ClusterWorker(() => new ExecutorProcess('kubernetes-executor', options), {
            retryQueue: true
        });

        worker.deliver('start', build.config(images.build('reports'), HERE));
        await until('its verification', () => worker.deliveries.length === 2);
        await whileNodeIsThere(async () => {
            await until('its success', () => build.api.builds.get(build.id)!.status === 'SUCCESS', 60);
            await worker.idle();
        });
        assert.ok(worker.deliveries.slice(1).every(({ job }) => job === 'verify'));
        assert.equal(build.exchanges(), 1);
    });
});

/** Their Secrets go with their pods. */
function removeBuilds() {
    return core.deleteCollectionNamespacedPod({
        namespace,
        labelSelector: 'screwdriver.cd/build',
        body: { gracePeriodSeconds: 0 }
    });
}
