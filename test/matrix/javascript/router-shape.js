'use strict';

const Executor = require('screwdriver-executor-base');
const Docker = require('./docker-shape');

/** Written like router: executors under the names of the configuration, hooks that can throw. */
class ExecutorRouter extends Executor {
    /** @param {{ executor: Array<{ name: string }> }} config */
    constructor(config) {
        super();
        /** @type {Map<string, Executor>} */
        this.byName = new Map();
        for (const { name } of config.executor) {
            this.byName.set(name, new Docker({ ecosystem: { api: '' } }));
        }
    }

    /** @param {Executor.StartConfig} config */
    getExecutor(config) {
        const { executor } = this.parseAnnotations(config.annotations || {});
        const found = this.byName.get(String(executor));

        if (!found) throw new Error(`No executor ${executor}`);

        return found;
    }

    /** @param {Executor.StartConfig} config */
    _start(config) {
        return this.getExecutor(config).start(config);
    }

    /** @param {Executor.StopConfig} config */
    _stop(config) {
        return this.byName.values().next().value?.stop(config);
    }

    /** @param {Executor.VerifyConfig} config */
    _verify(config) {
        return this.getExecutor(config).verify(config);
    }
}

module.exports = ExecutorRouter;
