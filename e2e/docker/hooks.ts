import assert = require('node:assert/strict');
import { addImages } from '../images';
import { docker, listing, removeJobTools } from './engine';

let found: Awaited<ReturnType<typeof listing>>;
let removeImages: (() => Promise<void>) | undefined;

/** Around all checks: the images, and what the engine had before them, which it must have again. */
export const mochaHooks = {
    async beforeAll() {
        found = await listing();
        removeImages = await addImages(docker);
    },
    async afterAll() {
        await removeJobTools();
        await removeImages?.();
        assert.deepEqual(await listing(), found);
    }
};
