'use strict';

const meetTraps = require('./meet-traps');
const runFuzz = require('./run-fuzz');
const runScenarios = require('./run-scenarios');
const { allScenarios } = require('./scenarios');

/** One check by its name, a scenario, a method that is fuzzed or something relied on: what it shows on one base. */
async function check(load, { name, upstream }) {
    if (allScenarios()[name]) return (await runScenarios(load, { only: [name] }))[name];
    if (/^\w+$/.test(name) && name !== 'loading') {
        return (await runFuzz(load, { methods: [name], count: 250, upstream }))[name];
    }

    return (await meetTraps(load))[name];
}

/** Several checks, one after the other. A broken base may well make one of them fail: that shows, too. */
module.exports = async (load, { names, upstream }) => {
    const shown = {};

    for (const name of names) {
        try {
            shown[name] = (await check(load, { name, upstream })) ?? 'no such check';
        } catch (error) {
            shown[name] = `failed: ${error.message}`;
        }
    }

    return shown;
};
