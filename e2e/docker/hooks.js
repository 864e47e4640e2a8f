'use strict';

const assert = require('node:assert/strict');
const { addImages } = require('../images');
const { docker, listing } = require('./engine');

let found;
let removeImages;

/** Around all checks: the images, and what the engine had before them, which it must have again. */
exports.mochaHooks = {
    async beforeAll() {
        found = await listing();
        removeImages = await addImages(docker);
    },
    async afterAll() {
        await removeImages?.();
        assert.deepEqual(await listing(), found);
    }
};
