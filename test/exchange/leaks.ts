import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { inspect } from 'node:util';

/** A part of a token of at least this length counts as leaked. */
const PART = 8;

const CHANNELS = ['start', 'exchangeTokenForBuild'].flatMap(operation =>
    ['start', 'end', 'asyncStart', 'asyncEnd', 'error'].map(
        event => `tracing:screwdriver-executor.${operation}:${event}`
    )
);

/** The diagnostics during the work, and its result or error. */
export async function watched<Result>(work: () => Promise<Result>): Promise<{
    result?: Result;
    error?: unknown;
    messages: string[];
}> {
    const messages: string[] = [];
    const listen = (message: unknown) => messages.push(shown(message));

    for (const channel of CHANNELS) subscribe(channel, listen);
    try {
        return { result: await work(), messages };
    } catch (error) {
        return { error, messages };
    } finally {
        for (const channel of CHANNELS) unsubscribe(channel, listen);
    }
}

function shown(value: unknown): string {
    return inspect(value, { depth: Infinity, showHidden: true, maxStringLength: Infinity, maxArrayLength: Infinity });
}

/** Everything that can be read from an error and its causes: text, stack, JSON, every property at any depth. */
export function textsOf(error: unknown): string[] {
    if (!(error instanceof Error)) return error === undefined ? [] : [shown(error)];
    const properties = Object.getOwnPropertyNames(error).map(name => shown(Reflect.get(error, name)));

    return [
        String(error),
        error.message,
        error.stack ?? '',
        JSON.stringify(error),
        shown(error),
        ...properties,
        ...textsOf(error.cause)
    ];
}

/** The parts of tokens that the texts contain. */
export function leaked(texts: string[], tokens: string[]): string[] {
    const text = texts.join('\n');
    const parts = tokens.flatMap(token =>
        Array.from({ length: Math.max(1, token.length - PART + 1) }, (_, at) => token.slice(at, at + PART))
    );

    return parts.filter(part => text.includes(part));
}
