'use strict';

// Loads a package in a process or thread that has loaded nothing else, and tells how many milliseconds it took.
const { parentPort } = require('node:worker_threads');
const { CONFIGS, FOR_JOI } = require('./configs');

const [name, task] = process.argv.slice(2);

async function load() {
    const Executor = require(name);

    if (task === 'require') return;
    class Subclass extends Executor {
        async _start({ annotations }) {
            return this.parseAnnotations(annotations).cpu;
        }
    }
    const cpu = await new Subclass().start(task === 'start for Joi' ? FOR_JOI : CONFIGS.start);

    if (cpu !== 'HIGH') throw new Error(`${name} started with ${cpu}`);
}

const begin = performance.now();

load().then(() => {
    const took = performance.now() - begin;

    if (parentPort) parentPort.postMessage(took);
    else console.log(took);
});
