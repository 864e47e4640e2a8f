import { reporters, Runner, type MochaOptions } from 'mocha';

/** Mocha's own report, and the figures in the last lines for whoever reads the end of a log. */
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

    /** The check in hand comes to its end, and what all of them have made is taken away, before the process ends. */
    #interrupt(signal: NodeJS.Signals) {
        // A terminal and npm both tell of the same Ctrl-C.
        if (this.#isInterrupted) return;
        this.#isInterrupted = true;
        console.log(`${signal}: ending after this check`);
        this.runner.abort();
        this.runner.failures += 1;
    }
}

export = Reporter;
