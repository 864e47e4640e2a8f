'use strict';

const names = ['docker', 'jenkins', 'k8s', 'k8s-vm', 'nomad', 'queue', 'router'];

/** Every scenario by its name: `(recording) => Promise`. */
function allScenarios() {
    const scenarios = {};

    for (const name of names) {
        for (const group of ['builds', 'failures', 'other-operations', 'object']) {
            for (const [title, run] of Object.entries(require(`./${group}`)(name)))
                scenarios[`${name}: ${title}`] = run;
        }
    }

    return { ...scenarios, ...require('./router'), ...require('./base') };
}

module.exports = { allScenarios };
