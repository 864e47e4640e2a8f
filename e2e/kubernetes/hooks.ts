import assert = require('node:assert/strict');
import { execSync } from 'node:child_process';
import fs = require('node:fs');
import os = require('node:os');
import path = require('node:path');
import { addImages } from '../images';
import { docker } from '../docker/engine';
import { until } from '../support/until';
import { listing, type Listing } from './cluster';
import { heldToRole } from './role';

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'screwdriver-role-'));
let found: Listing;
let account: Awaited<ReturnType<typeof heldToRole>> | undefined;
let removeImages: (() => Promise<void>) | undefined;

const builds = () => docker.listContainers({ filters: { label: ['io.kubernetes.container.name=build'] } });

/**
 * Around all checks: makes the images, on the cluster's own Docker engine or brought to its nodes by LOAD_IMAGE, and an
 * account with the rights that docs/engines.md names, which every executor uses. Afterwards the cluster must be as it was
 * found.
 */
export const mochaHooks = {
    async beforeAll() {
        found = await listing();
        account = await heldToRole(folder);
        // The checks themselves have loaded the cluster's own before.
        process.env.KUBECONFIG = account.kubeconfig;
        removeImages = await addImages(docker, name => {
            if (process.env.LOAD_IMAGE) execSync(`${process.env.LOAD_IMAGE} ${name}`, { stdio: 'inherit' });
        });
    },
    async afterAll() {
        // A container may still have its grace time after its pod is gone.
        await until('no build', async () => process.env.LOAD_IMAGE || (await builds()).length === 0, 120);
        await removeImages?.();
        await account?.remove();
        fs.rmSync(folder, { recursive: true });
        assert.deepEqual(await listing(), found);
    }
};
