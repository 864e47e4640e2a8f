'use strict';

const meetTraps = require('./meet-traps');
const runFuzz = require('./run-fuzz');
const runScenarios = require('./run-scenarios');
const { allScenarios } = require('./scenarios');

/** The checks that need no other executor than queue, by name: enough to tell a broken base. */
module.exports = async (load, { upstream, methods }) => {
    const only = Object.keys(allScenarios()).filter(name => /^(base|queue):/.test(name));
    const traps = await meetTraps(load);

    return {
        traps,
        scenarios: await runScenarios(load, { only }),
        fuzz: await runFuzz(load, { methods, count: 250, upstream })
    };
};
