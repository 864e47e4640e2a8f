'use strict';

const { describe, it } = require('node:test');
const { conformance } = require('screwdriver-executor-base/conformance');
const { told } = require('./executors');

conformance({ describe, it, ...told });
