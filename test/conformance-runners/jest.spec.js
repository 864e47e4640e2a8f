'use strict';

/* global describe, it */
const { conformance } = require('screwdriver-executor-base/conformance');
const { told } = require('./executors');

conformance({ describe, it, ...told });
