import { reporters, Runner, type MochaOptions } from 'mocha';

/** Mocha's own report, with the figures in the last lines for readers of the end of a log. */
class Reporter extends reporters.Spec {
    #isInterrupted = false;

    constructor(runner: Runner, options: MochaOptions) {
        super(runner, options);
        for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => this.#interrupt(signal));
        runner.once(Runner.constants.EVENT_RUN_END, () => {
            if (this.stats.pending > 0) console.log(`${this.stats.pending} not run`);
            console.log(`${this.stats.passes} passed, ${runner.failures} failed`);
        });
    }

    /** Lets the current check end and removes everything that the checks have created, before the process ends. */
    #interrupt(signal: NodeJS.Signals) {
        // A terminal and npm both send a signal for the same Ctrl-C.
        if (this.#isInterrupted) return;
        this.#isInterrupted = true;
        console.log(`${signal}: ending after this check`);
        this.runner.abort();
        this.runner.failures += 1;
    }
}

export = Reporter;
