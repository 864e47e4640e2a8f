import assert = require('node:assert/strict');
import { addImages, images } from '../images';
import { docker, listing } from '../docker/engine';
import { startRegistry } from '../support/registry';
import { startFakecloud } from './fakecloud';
import { account } from './account';

let found: Awaited<ReturnType<typeof listing>>;
let removeImages: (() => Promise<void>) | undefined;
let registry: Awaited<ReturnType<typeof startRegistry>> | undefined;

/** Around all checks: the images, in a registry since the emulator always pulls them, and the emulator, whose volumes stay. */
export const mochaHooks = {
    async beforeAll() {
        found = await listing();
        removeImages = await addImages(docker);
        registry = await startRegistry(docker);
        for (const name of [images.jobTools, ...['ok', 'exit-7', 'sleeps'].map(steps => images.build(steps as 'ok'))]) {
            account.images.set(name, await registry.push(name));
        }
        account.aws = await startFakecloud();
    },
    async afterAll() {
        await account.aws?.close();
        await registry?.close();
        await removeImages?.();
        for (const image of account.images.values()) {
            // Not every image is pulled.
            await docker
                .getImage(image)
                .remove()
                .catch(() => {});
        }
        const { volumes } = await listing();

        for (const name of volumes.filter(one => !found.volumes.includes(one))) await docker.getVolume(name).remove();
        assert.deepEqual(await listing(), found);
    }
};
