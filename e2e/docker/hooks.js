'use strict';

const { addImages } = require('../images');
const { docker } = require('./engine');

let removeImages;

/** Around all checks: the images, and nothing that nobody handles. */
exports.mochaHooks = {
    async beforeAll() {
        removeImages = await addImages(docker);
    },
    async afterAll() {
        await removeImages?.();
    }
};
