'use strict';

const { reporters, Runner } = require('mocha');

/** Mocha's own report, and the figures in the last lines for whoever reads the end of a log. */
class Reporter extends reporters.Spec {
    constructor(runner, options) {
        super(runner, options);
        runner.once(Runner.constants.EVENT_RUN_END, () => {
            if (this.stats.pending > 0) console.log(`${this.stats.pending} not run`);
            console.log(`${this.stats.passes} passed, ${this.stats.failures} failed`);
        });
    }
}

module.exports = Reporter;
