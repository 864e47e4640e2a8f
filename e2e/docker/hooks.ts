import assert = require('node:assert/strict');
import { addImages } from '../images';
import { docker, listing, removeJobTools } from './engine';

let found: Awaited<ReturnType<typeof listing>>;
let removeImages: (() => Promise<void>) | undefined;

/** Around all checks: adds the images, and asserts that the engine has the same content after the checks as before. */
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
