import { kindOf, type ErrorKind } from '../executor';
import { violation } from './finding';
import { isError, shown } from './outcome';

/** The kinds of error for which the engine is at fault: the same call may succeed later. */
export type EngineKind = Extract<ErrorKind, 'engine' | 'timeout' | 'capacity' | 'authentication'>;

/**
 * Throws unless the value is an Error that programs can act on, both as it is and after a round trip through JSON.
 *
 * @param kinds the allowed kinds if the engine is at fault; the error must then be retryable
 */
export function expectClassified(error: unknown, kinds?: EngineKind[]): void {
    if (!isError(error)) throw violation(`it rejected with ${shown(error)}, which is not an Error`);
    const flaws = [
        ...flawsOf(error),
        ...flawsOf(throughJson(error)).map(flaw => `${flaw} in JSON`),
        ...(kinds ? faultsOf(error, kinds) : [])
    ];

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

function faultsOf(error: Error, kinds: string[]): string[] {
    const { kind, retryable } = error as { kind?: unknown; retryable?: unknown };

    return [
        ...(typeof kind !== 'string' || kinds.includes(kind) ? [] : [`kind ${kind}, not ${kinds.join(' or ')}`]),
        ...(retryable === false ? ['retryable false'] : [])
    ];
}

/** Undefined if the error cannot be represented in JSON. */
function throughJson(error: Error): unknown {
    try {
        return JSON.parse(JSON.stringify(error));
    } catch {
        return undefined;
    }
}
