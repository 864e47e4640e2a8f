/** A build as the API keeps it. */
export interface ApiBuild {
    id: number;
    /** `QUEUED` until somebody changes it. */
    status: string;
    statusMessage?: string;
}

/** The statuses in which a build's temporal token can be exchanged. */
export const WAITING = ['QUEUED', 'BLOCKED'];

/** The statuses in which a build can still be changed. */
export const UNFINISHED = ['QUEUED', 'BLOCKED', 'FROZEN', 'RUNNING', 'UNSTABLE'];
