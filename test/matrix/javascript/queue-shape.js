'use strict';

const Executor = require('screwdriver-executor-base');

/** Written like queue: every hook, a method `api`, and statistics that take a config and return a promise. */
class ExecutorQueue extends Executor {
    constructor(config = { ecosystem: { queue: '' } }) {
        super();
        this.queueUri = config.ecosystem.queue;
    }

    /** @param {Executor.StartConfig} config */
    async _start(config) {
        return this.api(config, { path: '/v1/queue/message', method: 'POST' });
    }

    /** @param {Executor.StopConfig} config */
    async _stop(config) {
        return this.api(config, { path: '/v1/queue/message', method: 'DELETE' });
    }

    /** @param {Executor.TimerConfig} config */
    async _startTimer(config) {
        return this.api(config, { path: '/v1/queue/message?type=timer', method: 'POST' });
    }

    /** @param {Executor.WebhookConfig} config */
    async _enqueueWebhook(config) {
        return this.api({ webhook: config }, { path: '/v1/queue/message?type=webhook', method: 'POST' });
    }

    /** @param {{ token: string }} config */
    stats(config) {
        return this.api(config, { path: '/v1/queue/stats', method: 'GET' });
    }

    /**
     * @param {object} config
     * @param {{ path: string, method: string }} args
     * @returns {Promise<any>}
     */
    async api(config, args) {
        return { url: `${this.queueUri}${args.path}`, method: args.method, json: { ...config } };
    }
}

module.exports = ExecutorQueue;
