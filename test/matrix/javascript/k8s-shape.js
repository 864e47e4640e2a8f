'use strict';

const Executor = require('screwdriver-executor-base');

/** Written like k8s and jenkins: async hooks, its own names for timeouts and annotations, `verify`. */
class K8sExecutor extends Executor {
    constructor({ kubernetes = { host: '', token: '' }, ecosystem = { api: '' } } = {}) {
        super();
        this.kubernetes = kubernetes;
        this.ecosystem = ecosystem;
        this.token = kubernetes.token;
        this.host = kubernetes.host;
        this.buildTimeout = 90;
        this.maxBuildTimeout = 120;
        this.retryDelay = 3000;
        this.maxAttempts = 5;
        this.annotations = { team: 'one' };
        this.secrets = {};
    }

    /**
     * @param {Executor.StartConfig} config
     */
    async _start(config) {
        const { timeout } = this.parseAnnotations(config.annotations);
        const minutes = timeout ? Math.min(Number(timeout), this.maxBuildTimeout) : this.buildTimeout;
        const token = await this.exchangeTokenForBuild(config.token, minutes);

        return token !== '' && this.host !== '';
    }

    /**
     * @param {Executor.StopConfig} config
     */
    async _stop(config) {
        await Promise.resolve(config.buildId);

        return null;
    }

    /**
     * @param {Executor.VerifyConfig} config
     */
    async _verify(config) {
        return config.jobName ? '' : 'waiting';
    }
}

module.exports = K8sExecutor;
