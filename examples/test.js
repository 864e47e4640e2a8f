'use strict';

// npm run test:examples

const { runPackages } = require('../test/support/run-packages');

runPackages(['examples/opentelemetry/tracing.test.js', 'examples/prometheus/metrics.test.js']);
