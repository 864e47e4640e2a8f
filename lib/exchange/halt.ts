import { setMaxListeners } from 'node:events';
import type { Failure } from './failure';

/** Ends an exchange before its time: what it waits for now is cut short. */
export class Halt {
    /** Why it ends, once it does. */
    reason: Failure | undefined;
    /** Ends what is waited for now. */
    cut = (): void => {};

    isOn(): boolean {
        return this.reason !== undefined;
    }

    now(reason: Failure): void {
        this.reason ??= reason;
        this.cut();
    }

    /** Halts when one of the signals aborts, until it is left. */
    listen(signals: readonly AbortSignal[], why: (reason: unknown) => Failure): () => void {
        const onAbort = ({ target }: Event) => this.now(why((target as AbortSignal).reason));

        for (const signal of signals) {
            // Many exchanges may wait for one signal: that is no leak.
            setMaxListeners(0, signal);
            signal.addEventListener('abort', onAbort, { once: true });
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
