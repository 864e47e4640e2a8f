import { setMaxListeners } from 'node:events';
import { setTimeout as wait } from 'node:timers/promises';
import { buildIdFrom } from '../build/build-id';
import { aborted, noToken, tooLate, type Failure } from './failure';
import { retryDelay } from './retry-delay';
import { send, type Answer, type ApiRequest } from './request';
import type { ExchangeConfig } from '../config';
import type { ExchangeOptions } from './exchange';

type Request = Pick<ApiRequest, 'method' | 'url' | 'token' | 'body'>;

/** The address of a build in the API, or of what belongs to it. */
export function buildUrl(config: ExchangeConfig, path = ''): URL {
    return new URL(`${config.apiUri.replace(/\/+$/, '')}/v4/builds/${buildIdFrom(config)}${path}`);
}

/**
 * Makes a request until its answer will do, no further try can mend its failure, or no time is left. Resolves with what
 * the answer says, or with why there is none.
 */
export async function persist<Result>(
    request: Request,
    judge: (answer: Answer) => Result | Failure,
    options: ExchangeOptions,
    signals: readonly AbortSignal[] = []
): Promise<Result | Failure> {
    const { attempts = Infinity, tryTimeout = 20_000, deadline = 60_000, signal, agent, ca } = options;
    const { url } = request;
    const end = performance.now() + deadline;
    const stop = new AbortController();
    const timer = setTimeout(() => stop.abort(tooLate(deadline)), deadline);
    const leave = whenAborted(signal ? [signal, ...signals] : signals, reason => stop.abort(aborted(reason)));
    let made = 0;
    let failure: Failure | undefined;

    try {
        while (!stop.signal.aborted) {
            made += 1;
            const answer = await send({ ...request, timeout: tryTimeout, agent, ca, signal: stop.signal });

            if ('error' in answer && stop.signal.aborted) break;
            const outcome = 'error' in answer ? noToken(answer, url) : judge(answer);

            if (!isFailure(outcome)) return outcome;
            failure = outcome;
            const delay = retryDelay(made, failure.retryAfter);

            if (!failure.retryable || made >= attempts || performance.now() + delay >= end) {
                return { attempts: made, ...failure };
            }
            await wait(delay, undefined, { signal: stop.signal }).catch(() => {});
        }

        return { error: failure?.error, attempts: made, ...(stop.signal.reason as Failure) };
    } finally {
        clearTimeout(timer);
        leave();
    }
}

export function isFailure(outcome: unknown): outcome is Failure {
    return typeof outcome === 'object' && outcome !== null && 'retryable' in outcome;
}

/** Calls back when one of the signals aborts, until it is left. */
function whenAborted(signals: readonly AbortSignal[], callback: (reason: unknown) => void): () => void {
    const onAbort = ({ target }: Event) => callback((target as AbortSignal).reason);

    for (const signal of signals) {
        // Many exchanges may wait for one signal: that is not a leak.
        setMaxListeners(0, signal);
        signal.addEventListener('abort', onAbort, { once: true });
        if (signal.aborted) callback(signal.reason);
    }

    return () => {
        for (const signal of signals) signal.removeEventListener('abort', onAbort);
    };
}
