import assert = require('node:assert/strict');
import fs = require('node:fs');
import os = require('node:os');
import path = require('node:path');
import { after, afterEach, before, beforeEach, describe, it } from 'mocha';
import { freshBuildId, startConfig, stopConfig } from 'screwdriver-executor-base/testing';
import KubernetesExecutor = require('../../../examples/kubernetes-executor/lib/executor');
import { docker } from '../../docker/engine';
import { variantOf } from '../../docker/variant';
import { images } from '../../images';
import { annotations } from '../../support/annotations';
import { startRegistry } from '../../support/registry';
import { until } from '../../support/until';
import { core, namespace, needsThisHost, output, phase, pod } from '../cluster';
import { kill } from '../kill';
import { oneBuild } from '../one-build';
import type { Options } from '../../../examples/kubernetes-executor/lib/settings';

const CA = 'sd-e2e-ca';
const SMALL = annotations({ cpu: 0.05, ram: 0.0625 });
/** Copies the job tools to a path that is not a volume of their image. */
const TOOLS = 'mkdir /opt/tools; cp -a /opt/sd/. /opt/tools; echo Habitat > /hab/is';
/** A shell in which a copy, before it ends, waits for a file in the folder of the node. */
const WAITING_SHELL = String.raw`#!/bin/busybox sh\nset -e\nsync() { until [ -e go ]; do sleep 0.1; done; }\neval "$2"\n`;
const WAITING = `${TOOLS}; rm /bin/sh; printf '${WAITING_SHELL}' > /bin/sh; chmod +x /bin/sh`;
/** Prints what a build sees of the job tools, and whether it can change them. */
const STEPS = 'cat /hab/is "$SSL_CERT_FILE"; touch /opt/tools/file 2> /dev/null || echo read-only';

describe('the job tools that stay on a node', () => {
    /** The node is this machine. */
    let folder: string;
    let others: { executor: KubernetesExecutor; buildId: number }[];

    // Before the hooks of the build, which wait for an empty cluster.
    beforeEach(() => {
        folder = fs.mkdtempSync(path.join(os.tmpdir(), 'screwdriver-tools-'));
        others = [];
    });

    afterEach(async () => {
        for (const { executor, buildId } of others) {
            await executor.stop(stopConfig(build.api, { buildId }));
            await executor.cleanUp();
        }
    });

    const build = oneBuild();
    const pulled: string[] = [];
    let registry: Awaited<ReturnType<typeof startRegistry>> | undefined;
    let tools: string;
    let waitingTools: string;

    before(async function () {
        needsThisHost(this);
        registry = await startRegistry(docker);
        tools = await push(TOOLS);
        waitingTools = await push(WAITING);
        await core.createNamespacedConfigMap({
            namespace,
            body: { metadata: { name: CA }, data: { 'ca.crt': 'certificates\n' } }
        });
    });

    afterEach(() => fs.rmSync(folder, { recursive: true }));

    after(async () => {
        if (!registry) return;
        await core.deleteNamespacedConfigMap({ namespace, name: CA });
        for (const image of pulled) await docker.getImage(image).remove({ force: true });
        await registry.close();
    });

    /** Changes the job tools by a command. Resolves with their name, which includes the digest. */
    async function push(change: string) {
        const variant = await variantOf(images.jobTools, change);
        const name = await registry!.pinned(await registry!.push(variant));

        await docker.getImage(variant).remove({ force: true });
        pulled.push(name);

        return name;
    }

    const options = (jobToolsImage: string, steps = STEPS): Options =>
        build.options({
            jobToolsImage,
            jobToolsPath: folder,
            mountPoint: '/opt/tools',
            habitat: true,
            caConfigMap: CA,
            spec: {
                // The folder belongs to root.
                securityContext: { runAsUser: 1000 },
                containers: [{ name: 'build', env: [{ name: 'STEPS', value: steps }] }]
            }
        });

    /** Starts another build. */
    async function startOther(its: Options) {
        const other = {
            executor: new KubernetesExecutor(its),
            buildId: freshBuildId()
        };

        others.push(other);
        await other.executor.start(
            startConfig(build.api, {
                buildId: other.buildId,
                container: images.build('ok'),
                annotations: SMALL
            })
        );

        return other.buildId;
    }

    /** The copies in the folder, complete ones first. */
    const copies = () =>
        fs
            .readdirSync(folder)
            .filter(name => name !== 'go')
            .toSorted((one, other) => other.localeCompare(one));
    const isComplete = (name: string) => /^[\da-f]{64}$/.test(name);
    const letGo = () => fs.writeFileSync(path.join(folder, 'go'), '');

    it('are copied once, even with two pods at once, and are complete, read-only, with Habitat and the CA', async () => {
        const ids = await Promise.all([startOther(options(waitingTools)), startOther(options(waitingTools))]);

        await until('two copies', () => copies().length === 2, 120);
        assert.ok(!copies().some(isComplete));
        letGo();
        for (const id of ids) assert.match(await output(id), /Habitat\ncertificates\nread-only/);
        const [copy = '', ...rest] = copies();

        assert.deepEqual([isComplete(copy), rest], [true, []]);
        const { ino } = fs.statSync(path.join(folder, copy));

        assert.match(await output(await startOther(options(waitingTools))), /read-only/);
        assert.deepEqual(copies(), [copy]);
        assert.equal(fs.statSync(path.join(folder, copy)).ino, ino);
    });

    it('are not used if their copy was killed, and what it has left is removed later', async () => {
        const killed = await startOther(options(waitingTools));

        await until('a copy', () => copies().length === 1, 120);
        await kill(killed, 'job-tools');
        await phase(killed, 'Failed');
        const [left = ''] = copies();
        const longAgo = Date.now() / 1000 - 7200;

        assert.ok(!isComplete(left));
        fs.utimesSync(path.join(folder, left), longAgo, longAgo);
        letGo();
        assert.match(await output(await startOther(options(waitingTools))), /Habitat/);
        assert.deepEqual(copies().map(isComplete), [true]);
    });

    it('of a running build stay unchanged when others with another digest arrive', async () => {
        const first = await startOther(options(tools, 'sleep 600'));

        await phase(first, 'Running');
        const [old] = copies();

        letGo();
        assert.match(await output(await startOther(options(waitingTools))), /Habitat/);
        assert.deepEqual([copies().length, copies().includes(old!)], [2, true]);
        assert.equal((await pod(first)).status.phase, 'Running');
    });
});
