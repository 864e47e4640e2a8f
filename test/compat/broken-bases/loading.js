'use strict';

const fs = require('node:fs');

/** Bases that do something while they load, or load something else. */
module.exports = {
    'files are read at load': {
        caughtBy: 'loading',
        make: Base => {
            fs.readFileSync(__filename);

            return Base;
        }
    },
    'loading prints': {
        caughtBy: 'loading',
        make: Base => {
            process.stdout.write('loaded\n');

            return Base;
        }
    },
    'loading adds a listener': {
        caughtBy: 'loading',
        make: Base => {
            process.on('SIGUSR2', () => {});

            return Base;
        }
    },
    'loading adds a global': {
        caughtBy: 'loading',
        make: Base => {
            globalThis.executorBase = Base;

            return Base;
        }
    },
    'schemas come by a deep path': {
        caughtBy: 'data-schema replaced by name',
        make: (Base, load) =>
            class extends Base {
                async start(config) {
                    const { error } = load('screwdriver-data-schema/plugins/executor').start.validate(config);

                    if (error) throw error;

                    return this._start(config, {});
                }
            }
    }
};
