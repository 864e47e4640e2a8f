'use strict';

const Executor = require('./dist/executor');

module.exports = Executor;
// Node sees the names that an ESM import may ask for only where each is assigned on a line of its own.
module.exports.ExecutorError = Executor.ExecutorError;
module.exports.kindOf = Executor.kindOf;
module.exports.isRetryable = Executor.isRetryable;
module.exports.withoutSecrets = Executor.withoutSecrets;
module.exports.collectStats = Executor.collectStats;
module.exports.buildIdFrom = Executor.buildIdFrom;
module.exports.buildTimeoutFrom = Executor.buildTimeoutFrom;
module.exports.gracePeriodFrom = Executor.gracePeriodFrom;
module.exports.limitsFrom = Executor.limitsFrom;
module.exports.launch = Executor.launch;
module.exports.OPERATIONS = Executor.OPERATIONS;
module.exports.callsInTurn = Executor.callsInTurn;
module.exports.OFFICIAL_LAUNCH = Executor.OFFICIAL_LAUNCH;
