'use strict';

// What the build-cluster worker does for each build, in a process or thread that has loaded nothing else: loads router
// and the Kubernetes executor, constructs them, and starts the build. Reports how many milliseconds that took.
const { join } = require('node:path');
const { parentPort } = require('node:worker_threads');
const { CONFIGS } = require('./configs');

const [tree, options] = process.argv.slice(2);
/** As it comes from the queue: without methods. */
const config = JSON.parse(JSON.stringify(CONFIGS.start));
const begin = performance.now();

async function start() {
    const Router = require(join(tree, 'node_modules', 'screwdriver-executor-router'));

    await new Router(JSON.parse(options)).start(config);
}

start().then(() => {
    const took = performance.now() - begin;

    if (parentPort) parentPort.postMessage(took);
    else process.send(took);
});
