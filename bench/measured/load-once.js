'use strict';

// Loads a package in a process or thread that has loaded nothing else, and reports how many milliseconds its task took.
const { parentPort } = require('node:worker_threads');
const { CONFIGS, FOR_JOI } = require('./configs');

const [name, task, apiUri, token] = process.argv.slice(2);

const TASKS = {
    require: () => require(name),
    start: () => start(CONFIGS.start),
    'start for Joi': () => start(FOR_JOI),
    /** A config that all versions accept. */
    'start with an exchange': () => {
        const { buildId, container, annotations } = CONFIGS.start;

        return name === 'node:http'
            ? require('./exchange-clients')['node:http']()({ apiUri, buildId, token })
            : exchange({ apiUri, buildId, container, annotations, token });
    }
};

async function start(config) {
    const Executor = require(name);

    class Subclass extends Executor {
        async _start({ annotations }) {
            return this.parseAnnotations(annotations).cpu;
        }
    }
    const cpu = await new Subclass().start(config);

    if (cpu !== 'HIGH') throw new Error(`${name} started with ${cpu}`);
}

async function exchange(config) {
    const Executor = require(name);

    class Subclass extends Executor {
        _start() {
            return this.exchangeTokenForBuild(config, 90);
        }
    }
    const fresh = await new Subclass().start(config);

    if (typeof fresh !== 'string') throw new Error('no token came back');
}

const begin = performance.now();

Promise.resolve(TASKS[task]()).then(() => {
    const took = performance.now() - begin;

    if (parentPort) parentPort.postMessage(took);
    else process.send(took);
});
