import Executor from 'screwdriver-executor-base';
import { UNSUPPORTED } from '../../dist/conformance/support';
import { startConfig, statusConfig, stopConfig } from './configs';

/** Of the operations that are validated: a config that passes. */
const VALIDATED: Record<string, object> = {
    start: startConfig(),
    stop: stopConfig(),
    verify: startConfig(),
    status: statusConfig()
};

/** Every operation that takes a config, and what it does where its hook is not overridden. */
export const CONFIGURED = Executor.OPERATIONS.filter(method => method !== 'cleanUp').map(method => ({
    method,
    config: VALIDATED[method] ?? { buildId: 1 },
    validated: method in VALIDATED,
    byDefault: method === 'start' || method === 'stop' ? 'rejects' : UNSUPPORTED[method]
}));

/** Every operation with its arguments: `cleanUp` takes no config. */
export const OPERATIONS: Array<{ method: string; args: unknown[] }> = [
    ...CONFIGURED.map(({ method, config }) => ({ method, args: [config] })),
    { method: 'cleanUp', args: [] }
];
