'use strict';

const { calls } = require('../../test/fixtures/real-configs.json');

const { buildId, token, pipelineId, jobId } = calls.stop.config;

/** The configs of the real API, with its methods. It does not call `status`. */
const CONFIGS = {
    start: { ...calls.start.config, build: { id: calls.start.config.buildId, update() {} }, tokenGen: () => 'token' },
    stop: calls.stop.config,
    status: { buildId, token, pipelineId, jobId }
};

/** Also valid, but Joi has to judge its cron expression. */
const FOR_JOI = { ...CONFIGS.start, freezeWindows: ['* * ? * 1'] };

module.exports = { CONFIGS, FOR_JOI };
