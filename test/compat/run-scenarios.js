'use strict';

const { Recording } = require('./child/recording');
const { allScenarios } = require('./scenarios');

/** Runs the scenarios over one base and gives their traces by name. `only` holds the names of those to run. */
module.exports = async (load, { only } = {}) => {
    const traces = {};

    load.base();
    for (const [name, run] of Object.entries(allScenarios())) {
        if (only && !only.includes(name)) continue;
        const recording = new Recording(load);

        try {
            await run(recording);
        } catch (error) {
            recording.note('the scenario ended early', error);
        }
        await recording.close();
        traces[name] = recording.trace;
        if (process.env.TIMING) console.error(Math.round(performance.now()), name);
    }

    return traces;
};
