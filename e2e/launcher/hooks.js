'use strict';

const { mochaHooks: engine } = require('../docker/hooks');
const { buildsOnEngine } = require('../docker/engine');
const { until } = require('../support/until');
const { screwdriver } = require('./real');

/** Around all checks: the images, a Screwdriver, and what the engine had before them, which it must have again. */
exports.mochaHooks = {
    async beforeAll() {
        // The API is installed on first use.
        this.timeout(900_000);
        await engine.beforeAll();
        await screwdriver.boot();
    },
    async afterAll() {
        await until('an engine without builds', async () => (await buildsOnEngine()).length === 0, 90).catch(() => {});
        await screwdriver.close();
        await engine.afterAll();
    }
};
