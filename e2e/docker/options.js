'use strict';

const { images } = require('../images');

/** The options of the checks' executors: job tools that are a `launch` and nothing else, and little time to end. */
const OPTIONS = { jobToolsImage: images.jobTools, jobTools: 'launch', network: 'host', stopSeconds: 2 };

module.exports = { OPTIONS };
