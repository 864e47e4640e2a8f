import { aborted, noToken, tooLate, type Failure } from './failure';
import { Halt } from './halt';
import { HttpRequest, timedOut, type Answer, type ApiRequest } from './request';
import { retryDelay } from './retry-delay';
import type { ExchangeOptions } from './exchange';
import type { Tries } from '../operations/call';

/**
 * Repeats a request until the answer is good, the failure is final, or the time is over. Resolves with the judgement of
 * the answer, or with the failure.
 *
 * @param tries receives the number of requests and the waits between them, for the diagnostics
 */
export async function persist<Result extends string | boolean>(
    request: ApiRequest,
    judge: (answer: Answer) => Result | Failure,
    options: ExchangeOptions,
    signals: readonly AbortSignal[],
    tries: Tries
): Promise<Result | Failure> {
    const { attempts = Infinity, tryTimeout = 20_000, deadline = 60_000, signal } = options;
    const end = performance.now() + deadline;
    const halt = new Halt();
    const leave = halt.listen(signal ? [signal, ...signals] : signals, aborted);
    let made = 0;
    let failure: Failure | undefined;

    try {
        while (!halt.isOn()) {
            const left = end - performance.now();

            // A process that was suspended may wake up after the deadline.
            if (left <= 0) {
                halt.now(tooLate(deadline));
                break;
            }
            made += 1;
            tries.attempts = (tries.attempts ?? 0) + 1;
            const sent = new HttpRequest(request);
            // One timer for whichever limit comes first.
            const timer =
                tryTimeout < left
                    ? setTimeout(() => sent.end(timedOut(tryTimeout)), tryTimeout)
                    : setTimeout(() => halt.now(tooLate(deadline)), left);

            halt.cut = () => sent.end();
            const answer = await sent.outcome;

            clearTimeout(timer);
            if ('error' in answer && halt.isOn()) break;
            const outcome = 'error' in answer ? noToken(answer, request.apiUri) : judge(answer);

            if (!isFailure(outcome)) return outcome;
            failure = outcome;
            const delay = retryDelay(made, failure.retryAfter);

            if (!failure.retryable || made >= attempts || performance.now() + delay >= end) {
                return { attempts: made, ...failure };
            }
            const begun = performance.now();

            await halt.wait(delay);
            tries.waited = (tries.waited ?? 0) + performance.now() - begun;
        }

        return { error: failure?.error, attempts: made, ...halt.reason! };
    } finally {
        leave();
    }
}

export function isFailure(outcome: string | boolean | Failure): outcome is Failure {
    return typeof outcome === 'object';
}
