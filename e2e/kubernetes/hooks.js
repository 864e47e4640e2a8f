'use strict';

const { execSync } = require('node:child_process');
const { addImages } = require('../images');
const { docker } = require('../docker/engine');

let removeImages;

/** Around all checks: the images, on the Docker engine of the cluster, or brought to its nodes by LOAD_IMAGE. */
exports.mochaHooks = {
    async beforeAll() {
        removeImages = await addImages(docker, name => {
            if (process.env.LOAD_IMAGE) execSync(`${process.env.LOAD_IMAGE} ${name}`, { stdio: 'inherit' });
        });
    },
    async afterAll() {
        await removeImages?.();
    }
};
