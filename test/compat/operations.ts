// The operations of 11.1.0, whose contract is tested here, whatever this package adds.

/** Their config must fit a schema of screwdriver-data-schema. */
export const VALIDATED = ['start', 'stop', 'verify', 'status'] as const;

/** They accept any config. */
export const NOT_VALIDATED = [
    'startPeriodic',
    'stopPeriodic',
    'startFrozen',
    'stopFrozen',
    'startTimer',
    'stopTimer',
    'unzipArtifacts',
    'enqueueWebhook'
] as const;

export const OPERATIONS = [...VALIDATED, ...NOT_VALIDATED, 'cleanUp'] as const;
