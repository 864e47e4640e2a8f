'use strict';

const Executor = require('./dist/executor');

module.exports = Executor;
// Node sees the names that an ESM import may ask for only where each is assigned on a line of its own.
module.exports.ExecutorError = Executor.ExecutorError;
module.exports.kindOf = Executor.kindOf;
module.exports.isRetryable = Executor.isRetryable;
module.exports.collectStats = Executor.collectStats;
module.exports.buildTimeoutFrom = Executor.buildTimeoutFrom;
module.exports.launch = Executor.launch;
module.exports.OPERATIONS = Executor.OPERATIONS;
module.exports.OFFICIAL_LAUNCH = Executor.OFFICIAL_LAUNCH;
