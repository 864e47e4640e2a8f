'use strict';

/* global describe, it */
const { conformance } = require('screwdriver-executor-base/conformance');
const executors = require('./executors');

const Executor = executors[process.env.EXECUTOR];

conformance({ describe, it, factory: () => new Executor(), callTimeout: 1_000 });
