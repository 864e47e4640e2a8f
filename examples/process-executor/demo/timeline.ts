import { styleText } from 'node:util';

const COLOURS = process.stdout.isTTY && !process.env['NO_COLOR'];
const JWT = /eyJ[\w-]+(?:\.[\w-]+)*/g;

/** A step that failed, after it was printed. */
export class StepFailure extends Error {
    constructor(
        readonly step: string,
        cause: unknown
    ) {
        super(`Step ${step} failed`, { cause });
    }
}

/** Prints events as they happen: seconds since the beginning, the subject, the event. Masks tokens. */
export class Timeline {
    readonly #begin = performance.now();

    get seconds(): string {
        return ((performance.now() - this.#begin) / 1000).toFixed(2);
    }

    /**
     * Runs a step and prints its result.
     *
     * @throws StepFailure where the step throws, or the description of its result does
     */
    async step<Result>(
        name: string,
        work: () => Promise<Result> | Result,
        describe: (result: Result) => string
    ): Promise<Result> {
        const begin = performance.now();

        try {
            const result = await work();
            const text = describe(result);

            this.#line('✓', 'green', name, `${text} (${Math.round(performance.now() - begin)} ms)`);

            return result;
        } catch (error) {
            this.#line('✗', 'red', name, String(error));
            throw new StepFailure(name, error);
        }
    }

    /** Events of others: the API, the build. */
    event(name: string, text: string): void {
        this.#line(' ', 'gray', name, text);
    }

    /** A line without a time. */
    line(text: string): void {
        process.stdout.write(`${text.replace(JWT, 'eyJ***')}\n`);
    }

    #line(mark: string, colour: 'green' | 'red' | 'gray', name: string, text: string): void {
        const label = `${mark} ${name.padEnd(10)}`;

        this.line(`${this.seconds.padStart(6)} s ${COLOURS ? styleText(colour, label) : label} ${text}`);
    }
}
