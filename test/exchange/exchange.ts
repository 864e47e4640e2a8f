import Executor = require('screwdriver-executor-base');
import { token } from './tokens';
import type { ExchangeOptions } from 'screwdriver-executor-base';

class Plain extends Executor {
    protected override _start(): void {}

    protected override _stop(): void {}
}

export interface Exchange {
    temporal?: string;
    /** What a JavaScript caller may pass: anything. */
    minutes?: unknown;
    options?: ExchangeOptions;
    buildId?: number | string;
}

/** Exchanges the token of a build with the API at the address. */
export function exchange(
    apiUri: string,
    { temporal, minutes = 45, options, buildId = 7 }: Exchange = {}
): Promise<string> {
    const config = { token: temporal ?? token(['temporal']), apiUri, buildId };

    return new Plain().exchangeTokenForBuild(config, minutes as number, options);
}
