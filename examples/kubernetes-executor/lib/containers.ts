// The names that identify a build's containers in its pod, to which the cluster may have added others.
/** The container of the build. */
export const BUILD = 'build';
/** The init container that copies the job tools. */
export const JOB_TOOLS = 'job-tools';
