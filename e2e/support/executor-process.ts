import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

/** What it is told to do. */
export interface Call {
    id: number;
    operation: 'start' | 'stop' | 'verify' | 'status';
    config: object;
}

/** An executor of `examples/` in a process of its own, with these options. */
export class ExecutorProcess {
    /** Settles when the process has ended. */
    readonly exit: Promise<unknown>;
    #child;
    #pending = new Map<number, { resolve: (value: unknown) => void; reject: (error: unknown) => void }>();
    #count = 0;

    constructor(example: string, options: object) {
        const its = [example, JSON.stringify(options)];

        this.#child = fork(join(__dirname, 'executor-child'), its, { execArgv: ['-r', 'tsx/cjs'] });
        this.exit = once(this.#child, 'exit');
        this.#child.on('message', message => {
            const { id, value, error } = message as { id: number; value?: unknown; error?: unknown };
            const call = this.#pending.get(id);

            this.#pending.delete(id);
            if (error) call?.reject(error);
            else call?.resolve(value);
        });
    }

    /** Never settles where the process dies meanwhile. */
    call(operation: Call['operation'], config: object): Promise<unknown> {
        const id = (this.#count += 1);

        return new Promise((resolve, reject) => {
            this.#pending.set(id, { resolve, reject });
            // A process that ends takes no more: its calls are lost.
            this.#child.send({ id, operation, config }, () => {});
        });
    }

    kill(signal: NodeJS.Signals) {
        this.#child.kill(signal);
    }
}
