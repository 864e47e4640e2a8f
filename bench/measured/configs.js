'use strict';

const { calls } = require('../../test/fixtures/real-configs.json');

const { buildId, token, pipelineId, jobId } = calls.stop.config;

/** What the real API passed, with methods where it had methods. It does not call `status`. */
const CONFIGS = {
    start: { ...calls.start.config, build: { id: calls.start.config.buildId, update() {} }, tokenGen: () => 'token' },
    stop: calls.stop.config,
    status: { buildId, token, pipelineId, jobId }
};

/** Valid as well, but its cron expression is for Joi to judge. */
const FOR_JOI = { ...CONFIGS.start, freezeWindows: ['* * ? * 1'] };

module.exports = { CONFIGS, FOR_JOI };
