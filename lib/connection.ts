import { buildIdFrom } from './build/build-id';
import { read } from './errors/read';
import { InFlight } from './operations/in-flight';
import { Turns } from './operations/turns';
import type * as exchanging from './exchange/exchange';
import type { Connection, Held } from './operations/in-flight';

let client: typeof exchanging | undefined;

/**
 * Loaded by the first exchange, because it brings the HTTP client and most processes that load an executor never
 * exchange.
 */
export function exchangeClient(): typeof exchanging {
    return (client ??= require('./exchange/exchange') as typeof exchanging);
}

/**
 * The signals that end an exchange besides its own: that of the build's start in turn, even if its hook does not pass
 * it on. Also keeps the exchange's connection for a report.
 */
export function abortSignalsOf(
    executor: object,
    config: unknown,
    options: exchanging.ExchangeOptions | undefined
): AbortSignal[] {
    const { agent, ca } = options ?? {};

    for (const held of heldBy(executor, config)) held.connection = { agent, ca };
    try {
        const start = Turns.startOf(executor, buildIdFrom(config as Held));

        return start ? [start.signal] : [];
    } catch {
        // Not a config that can be exchanged: validation reports that, before it looks at the signals.
        return [];
    }
}

/** How the last exchange for an operation in progress reached the API. */
export function connectionOf(executor: object, config: unknown): Connection | undefined {
    return heldBy(executor, config).find(({ connection }) => connection)?.connection;
}

function heldBy(executor: object, config: unknown): Held[] {
    return InFlight.heldBy(executor, read(config, 'token'));
}
