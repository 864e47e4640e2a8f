'use strict';

// npm run test:foreign

const { runPackages } = require('../support/run-packages');

runPackages(['test/foreign-errors/foreign-errors.test.js']);
