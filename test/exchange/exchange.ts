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
}

/** Exchanges the token of build 7 with the API at the address. */
export function exchange(apiUri: string, { temporal, minutes = 45, options }: Exchange = {}): Promise<string> {
    const config = { token: temporal ?? token(['temporal']), apiUri, buildId: 7 };

    return new Plain().exchangeTokenForBuild(config, minutes as number, options);
}
