'use strict';

const assert = require('node:assert/strict');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { after, before, describe, it } = require('mocha');
const { images } = require('../../images');
const { kubeConfig, phase, pod } = require('../cluster');
const { writeKubeconfig } = require('../kubeconfig');
const { oneBuild } = require('../one-build');
const { startProxy } = require('../proxy');
const { call } = require('../worker');

/** The requests of a start that make something, or look. The watch is a GET of its own, and may not come at all. */
const STEPS = [
    ['the pod', 'POST', /\/pods$/],
    ['the look at the pod', 'GET', /\/pods\?/],
    ['the Secret', 'POST', /\/secrets$/]
];

describe('a build that two processes start', () => {
    const build = oneBuild();
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'screwdriver-kubeconfig-'));
    let proxy;
    let onRequest;

    before(async () => {
        proxy = await startProxy(kubeConfig, { fault: (...request) => onRequest?.(...request) });
    });

    after(() => {
        proxy?.close();
        fs.rmSync(folder, { recursive: true });
    });

    /**
     * Starts the build in a process that gets a signal at one of its requests. That comes to the cluster at once, or when
     * the check says so by `goOn`.
     */
    async function startUntil([, method, url], isHeld, signal) {
        const worker = call(
            build.options({ kubeconfig: writeKubeconfig(folder, proxy.host) }),
            'start',
            build.config(images.build('sleeps'))
        );
        let goOn;
        const later = new Promise(resolve => (goOn = resolve));

        await new Promise(reached => {
            onRequest = (...request) => {
                if (request[0] !== method || !url.test(request[1])) return undefined;
                onRequest = undefined;
                worker.signal(signal);
                reached();

                return isHeld ? later : undefined;
            };
        });

        return { worker, goOn };
    }

    for (const step of STEPS) {
        for (const isHeld of [false, true]) {
            const when = `at its request for ${step[0]}${isHeld ? ', which comes late' : ''}`;

            it(`runs once, and is no failure, where the first one falls asleep ${when}`, async () => {
                const { worker, goOn } = await startUntil(step, isHeld, 'SIGSTOP');

                assert.equal(await build.start(images.build('sleeps')), undefined);
                const { metadata } = await phase(build.id, 'Running');

                build.api.builds.get(build.id).status = 'RUNNING';
                worker.signal('SIGCONT');
                goOn();
                assert.deepEqual(await worker.outcome(), {});
                const { metadata: later, status } = await pod(build.id);

                assert.equal(later.uid, metadata.uid);
                assert.equal(later.deletionTimestamp, undefined);
                assert.equal(status.phase, 'Running');
                assert.equal(status.containerStatuses[0].restartCount, 0);
            });

            it(`comes up where the first one is killed ${when}`, async () => {
                const { worker, goOn } = await startUntil(step, isHeld, 'SIGKILL');

                await worker.kill();
                assert.equal(await build.start(images.build('sleeps')), undefined);
                const { metadata } = await phase(build.id, 'Running');

                goOn();
                assert.equal((await phase(build.id, 'Running')).metadata.uid, metadata.uid);
                assert.equal(await build.verify(), '');
            });
        }
    }
});
