import assert = require('node:assert/strict');
import fs = require('node:fs');
import os = require('node:os');
import path = require('node:path');
import { after, before, describe, it } from 'mocha';
import { images } from '../../images';
import { kubeConfig, phase, pod } from '../cluster';
import { writeKubeconfig } from '../kubeconfig';
import { oneBuild } from '../one-build';
import { startProxy, type FaultOf, type Proxy } from '../proxy';
import { call } from '../worker';

/** The requests of a start that make something, or look at it. The watch is a separate GET, which may be left out. */
const STEPS: [what: string, method: string, url: RegExp][] = [
    ['the pod', 'POST', /\/pods$/],
    ['the look at the pod', 'GET', /\/pods\?/],
    ['the Secret', 'POST', /\/secrets$/]
];

describe('a build that two processes start', () => {
    const build = oneBuild();
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'screwdriver-kubeconfig-'));
    let proxy: Proxy;
    let onRequest: FaultOf | undefined;

    before(async () => {
        proxy = await startProxy(kubeConfig, { fault: (...request) => onRequest?.(...request) });
    });

    after(() => {
        proxy?.close();
        fs.rmSync(folder, { recursive: true });
    });

    /**
     * Starts the build in a process that gets a signal at one of its requests. That request reaches the cluster at
     * once, or when the check calls `goOn`.
     */
    async function startUntil([, method, url]: (typeof STEPS)[number], isHeld: boolean, signal: NodeJS.Signals) {
        const worker = call(
            build.options({ kubeconfig: writeKubeconfig(folder, proxy.host) }),
            'start',
            build.config(images.build('sleeps'))
        );
        let goOn!: () => void;
        const later = new Promise<undefined>(resolve => (goOn = () => resolve(undefined)));

        await new Promise<void>(reached => {
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

            it(`runs once and does not fail if the first one is suspended ${when}`, async () => {
                const { worker, goOn } = await startUntil(step, isHeld, 'SIGSTOP');

                assert.equal(await build.start(images.build('sleeps')), undefined);
                const { metadata } = await phase(build.id, 'Running');

                build.api.builds.get(build.id)!.status = 'RUNNING';
                worker.signal('SIGCONT');
                goOn();
                assert.deepEqual(await worker.outcome(), {});
                const { metadata: later, status } = await pod(build.id);

                assert.equal(later.uid, metadata.uid);
                assert.equal(later.deletionTimestamp, undefined);
                assert.equal(status.phase, 'Running');
                assert.equal(status.containerStatuses[0].restartCount, 0);
            });

            it(`comes up if the first one is killed ${when}`, async () => {
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
