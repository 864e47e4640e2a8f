import { setMaxListeners } from 'node:events';
import type { Failure } from './failure';

/** Ends an exchange early and interrupts its current wait. */
export class Halt {
    /** The reason, once it has been ended. */
    reason: Failure | undefined;
    /** Interrupts the current wait. */
    cut = (): void => {};

    isOn(): boolean {
        return this.reason !== undefined;
    }

    now(reason: Failure): void {
        this.reason ??= reason;
        this.cut();
    }

    /** Halts when one of the signals aborts. Returns a function that stops listening. */
    listen(signals: readonly AbortSignal[], why: (reason: unknown) => Failure): () => void {
        const onAbort = ({ target }: Event) => this.now(why((target as AbortSignal).reason));

        for (const signal of signals) {
            // Many exchanges may listen to one signal, which is not a leak.
            setMaxListeners(0, signal);
            signal.addEventListener('abort', onAbort);
            if (signal.aborted) this.now(why(signal.reason));
        }

        return () => {
            for (const signal of signals) signal.removeEventListener('abort', onAbort);
        };
    }

    wait(milliseconds: number): Promise<void> {
        return new Promise(resolve => {
            const timer = setTimeout(resolve, milliseconds);

            this.cut = () => {
                clearTimeout(timer);
                resolve();
            };
        });
    }
}
