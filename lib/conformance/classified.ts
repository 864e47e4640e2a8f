import { kindOf } from '../executor';
import { isError, shown, violation } from './outcome';

/** Throws for what is not an Error that programs can act on, at once and after it went through JSON. */
export function expectClassified(error: unknown): void {
    if (!isError(error)) throw violation(`it rejected with ${shown(error)}, which is no Error`);
    const flaws = [...flawsOf(error), ...flawsOf(throughJson(error)).map(flaw => `${flaw} in JSON`)];

    if (flaws.length > 0) throw violation(`the error "${shown(error)}" has ${flaws.join(', ')}`);
}

function flawsOf(error: unknown): string[] {
    const { message, code, kind, retryable } = (error ?? {}) as Record<string, unknown>;

    return [
        ...(typeof message === 'string' && message !== '' ? [] : ['no message']),
        ...(typeof code === 'string' && code !== '' ? [] : ['no code']),
        ...(kindOf({ kind }) === kind ? [] : ['no kind, or one that is not in docs/errors.md']),
        ...(typeof retryable === 'boolean' ? [] : ['no retryable'])
    ];
}

function throughJson(error: Error): unknown {
    return JSON.parse(JSON.stringify(error));
}
