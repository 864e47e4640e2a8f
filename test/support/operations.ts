import { startConfig, statusConfig, stopConfig } from './configs';

/** Every operation that delegates to a hook, with a config that passes and what its default hook does. */
export const OPERATIONS = [
    { method: 'start', config: startConfig(), validated: true, byDefault: 'rejects' },
    { method: 'stop', config: stopConfig(), validated: true, byDefault: 'rejects' },
    { method: 'verify', config: startConfig(), validated: true, byDefault: 'resolves' },
    { method: 'status', config: statusConfig(), validated: true, byDefault: 'rejects' },
    { method: 'startPeriodic', config: { pipeline: {} }, validated: false, byDefault: 'rejects' },
    { method: 'stopPeriodic', config: { pipelineId: 1 }, validated: false, byDefault: 'rejects' },
    { method: 'startFrozen', config: { buildId: 1 }, validated: false, byDefault: 'rejects' },
    { method: 'stopFrozen', config: { buildId: 1 }, validated: false, byDefault: 'rejects' },
    { method: 'startTimer', config: { buildId: 1 }, validated: false, byDefault: 'resolves' },
    { method: 'stopTimer', config: { buildId: 1 }, validated: false, byDefault: 'resolves' },
    { method: 'unzipArtifacts', config: { buildId: 1 }, validated: false, byDefault: 'rejects' },
    { method: 'enqueueWebhook', config: { webhook: 1 }, validated: false, byDefault: 'rejects' }
] as const;

/** The same with `cleanUp`, which takes no config. */
export const ALL_OPERATIONS = [
    ...OPERATIONS.map(({ method, config }) => ({ method: method, args: [config] as unknown[] })),
    { method: 'cleanUp', args: [] }
];
