import assert = require('node:assert/strict');
import fs = require('node:fs');
import os = require('node:os');
import path = require('node:path');
import { after, before, describe, it } from 'mocha';
import { images } from '../../images';
import { until } from '../../support/until';
import { kubeConfig } from '../cluster';
import { writeKubeconfig } from '../kubeconfig';
import { HERE, NOWHERE, oneBuild, whileNodeIsThere } from '../one-build';
import { startProxy, type Proxy } from '../proxy';
import { call } from '../worker';
import type { Options } from '../../../examples/kubernetes-executor/lib/settings';

describe('the shutdown of an executor whose cluster no longer answers', () => {
    const build = oneBuild();
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'screwdriver-kubeconfig-'));
    let proxy: Proxy;
    let proxied: Options;
    let isSilent: (method: string, url: string) => boolean;
    let kept = 0;

    before(async () => {
        proxy = await startProxy(kubeConfig, {
            fault(method, url) {
                if (!isSilent(method, url)) return undefined;
                kept += 1;

                return 'silence';
            }
        });
        proxied = { kubeconfig: writeKubeconfig(folder, proxy.host), nodeWait: 100 };
    });

    after(() => {
        proxy?.close();
        fs.rmSync(folder, { recursive: true });
    });

    it('leaves no connection and no timer of a watch without an answer', async () => {
        isSilent = (method, url) => url.includes('watch=');
        const config = build.config(images.build('sleeps'), NOWHERE);
        const begin = performance.now();

        assert.deepEqual(await call(build.options(proxied), 'cleanUp', config).outcome(), {});
        assert.ok(performance.now() - begin < 10_000);
        assert.ok(kept > 0);
    });

    it('does not wait for the pod of a start that has failed in the background', async () => {
        isSilent = method => method === 'DELETE';
        build.use(proxied);
        assert.equal(await build.start(images.build('sleeps'), HERE), false);
        build.api.failNext(403);
        await whileNodeIsThere(async () => {
            kept = 0;
            await until('the removal', () => kept > 0);
        });
        const begin = performance.now();

        await build.cleanUp();
        assert.ok(performance.now() - begin < 1_000);
        build.use();
    });
});
