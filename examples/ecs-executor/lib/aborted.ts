import { once } from 'node:events';

/** The outcome of some work. Rejects with the signal's reason if that is aborted first, whether the work heeds it or not. */
export async function unlessAborted<Result>(work: Promise<Result>, signal: AbortSignal): Promise<Result> {
    const settled = new AbortController();
    const aborted = async () => {
        if (!signal.aborted) await once(signal, 'abort', { signal: settled.signal });
        throw signal.reason;
    };

    try {
        return await Promise.race([aborted(), work]);
    } finally {
        settled.abort();
    }
}
