// By these names the containers of a build are found in its pod, where the cluster may have put others beside them.
/** The container of the build. */
export const BUILD = 'build';
/** The init container that copies the job tools. */
export const JOB_TOOLS = 'job-tools';
