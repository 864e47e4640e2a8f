'use strict';

const Executor = require('screwdriver-executor-base');

/** Written like docker, k8s-vm and nomad: no argument to super, its own properties, hooks that return promises. */
class DockerExecutor extends Executor {
    /**
     * @param {{ ecosystem: { api: string }, prefix?: string }} options
     */
    constructor(options) {
        super();
        this.ecosystem = options.ecosystem;
        this.prefix = options.prefix || '';
        this.docker = { host: 'engine.example' };
        this.breaker = { stats: () => ({ breaker: { isClosed: true } }) };
    }

    /**
     * @param {Executor.StartConfig} config
     * @returns {Promise<string>}
     */
    _start(config) {
        const annotations = this.parseAnnotations(config.annotations || {});

        return Promise.resolve(`${this.prefix}${config.buildId} for ${annotations.timeout} on ${this.docker.host}`);
    }

    /**
     * @param {Executor.StopConfig} config
     */
    _stop(config) {
        return Promise.all([config.buildId].map(id => `${this.prefix}${id}`));
    }

    _startPeriodic() {
        return Promise.resolve(null);
    }

    _stopPeriodic() {
        return Promise.resolve(null);
    }

    stats() {
        return this.breaker.stats();
    }
}

module.exports = DockerExecutor;
