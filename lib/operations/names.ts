/** The operations that delegate to a hook: `start` to `_start`, and so on. Public as `Executor.OPERATIONS`. */
export const OPERATIONS = Object.freeze([
    'start',
    'stop',
    'verify',
    'status',
    'startPeriodic',
    'stopPeriodic',
    'startFrozen',
    'stopFrozen',
    'startTimer',
    'stopTimer',
    'unzipArtifacts',
    'enqueueWebhook',
    'cleanUp'
] as const);

export type Operation = (typeof OPERATIONS)[number];
