/** A job's annotations as a config has them: `{ 'screwdriver.cd/cpu': 'HIGH' }`. */
export type Annotations = Record<string, unknown>;

/** A build's id. A numeric string passes validation and reaches the hook as a string. */
export type BuildId = number | string;

/** Where the build runs in the user's own cloud account. No other keys are allowed. */
export interface Provider {
    /** Cloud provider: `aws`. */
    name?: 'aws' | undefined;
    /** Region of the service and the build. */
    region?: string | undefined;
    /** Region of the build, if it differs. */
    buildRegion?: string | undefined;
    /** Account id: 12 digits. */
    accountId?: number | string | undefined;
    /** Network: VPC, subnets, security groups. */
    vpc?: { vpcId: string; securityGroupIds: string[]; subnetIds: string[] } | undefined;
    /** ARN of the role to assume. */
    role?: string | undefined;
    /** Engine in that account. */
    executor?: 'sls' | 'eks' | undefined;
    /** Name of the EKS cluster. */
    clusterName?: string | undefined;
    /** CPU limit of the pod. */
    cpuLimit?: string | undefined;
    /** Memory limit of the pod. */
    memoryLimit?: string | undefined;
    /** Whether to write debug logs. */
    executorLogs?: boolean | string | undefined;
    /** Launcher image in the user's registry. */
    launcherImage?: string | undefined;
    /** Launcher version. */
    launcherVersion?: string | undefined;
    /** Whether the container runs privileged. */
    privilegedMode?: boolean | string | undefined;
    /** CodeBuild compute type. */
    computeType?:
        | 'BUILD_GENERAL1_SMALL'
        | 'BUILD_GENERAL1_MEDIUM'
        | 'BUILD_GENERAL1_LARGE'
        | 'BUILD_GENERAL1_2XLARGE'
        | undefined;
    /** CodeBuild environment type. */
    environmentType?: 'ARM_CONTAINER' | 'LINUX_CONTAINER' | 'LINUX_GPU_CONTAINER' | undefined;
    /** Whether to open a debug session in the container. */
    debugSession?: boolean | string | undefined;
}

/** The pipeline that a build belongs to. */
export interface PipelineConfig {
    /** Pipeline id. */
    id: BuildId;
    /** Organization and repository: `screwdriver-cd/screwdriver`. */
    name?: string | null | undefined;
    /** SCM of the repository: `github:github.com`. */
    scmContext: string;
    /** Id of the pipeline that holds the configuration, for a child pipeline. */
    configPipelineId?: number | string | null | undefined;
    [key: string]: unknown;
}

/** The template that a build was made from. */
export interface TemplateConfig {
    /** Template id. */
    id?: number | string | undefined;
    /** Namespace and name: `node/npm-install`. */
    fullName?: string | undefined;
    /** Name. */
    name?: string | undefined;
    /** Namespace. */
    namespace?: string | undefined;
    /** Version: `1.2.3`. */
    version?: string | undefined;
    [key: string]: unknown;
}

/**
 * The config of `start`, which `_start` gets as the same object. Other keys are allowed and kept.
 *
 * Source: `plugins.executor.start` of screwdriver-data-schema.
 */
export interface StartConfig {
    /** The build's model, with its methods. Absent if the config came as JSON. */
    build?: object | undefined;
    /** Why the event was created. */
    causeMessage?: string | undefined;
    /** Job id. */
    jobId?: number | string | undefined;
    /** Job name: `main`, `PR-1:main`, `stage@canary:setup`. */
    jobName?: string | undefined;
    /** Job state. */
    jobState?: 'ENABLED' | 'DISABLED' | undefined;
    /** Whether the job is archived. */
    jobArchived?: boolean | string | undefined;
    /** The user's own cloud account, if the build runs there. */
    provider?: Provider | undefined;
    /** The job's annotations, unparsed: see `parseAnnotations`. */
    annotations?: Annotations | undefined;
    /** Ids of the jobs that block this one. */
    blockedBy?: Array<number | string> | undefined;
    /** Cron expressions of the times at which the job must not start. */
    freezeWindows?: string | string[] | undefined;
    /** Build id. */
    buildId: BuildId;
    /** Event id. */
    eventId?: number | string | undefined;
    /** Makes a token for a build: `(buildId, metadata, scmContext, expiresIn, scope) => JWT`. */
    tokenGen?: ((...args: any[]) => unknown) | undefined;
    /** The build's pipeline. */
    pipeline?: PipelineConfig | undefined;
    /** Pipeline id. */
    pipelineId?: number | string | undefined;
    /** The template that the build was made from. */
    template?: TemplateConfig | undefined;
    /** Name of the build cluster that the build is meant for. */
    buildClusterName?: string | undefined;
    /** Image to run the build in: `node:20`. */
    container: string;
    /** Base URI of the Screwdriver API, without `/v4`. */
    apiUri: string;
    /** The build's temporal JWT. A secret: see `exchangeTokenForBuild`. */
    token: string;
    /** When the build entered the queue: an ISO date. */
    enqueueTime?: Date | string | undefined;
    /** Whether the build belongs to a pull request. */
    isPR?: boolean | string | undefined;
    /** Number of the pull request. */
    prNum?: number | string | undefined;
    /** Id of the job that the pull request's job was made from. */
    prParentJobId?: number | string | undefined;
    [key: string]: unknown;
}

/** The config of `verify` and `_verify`, with the keys of {@link StartConfig}. */
export type VerifyConfig = StartConfig;

/**
 * The config of `stop` and `_stop`. Other keys are allowed and kept.
 *
 * Source: `plugins.executor.stop` of screwdriver-data-schema.
 */
export interface StopConfig {
    /** The job's annotations, unparsed. */
    annotations?: Annotations | undefined;
    /** Ids of the jobs that block this one. */
    blockedBy?: Array<number | string> | undefined;
    /** Cron expressions of the times at which the job must not start. */
    freezeWindows?: string | string[] | undefined;
    /** Build id. The build may never have started: the API stops a build whose start failed. */
    buildId: BuildId;
    /** Name of the build cluster that the build is meant for. */
    buildClusterName?: string | undefined;
    /** Job id. */
    jobId?: number | string | undefined;
    /** A JWT of the build. A secret. */
    token?: string | undefined;
    /** Pipeline id. */
    pipelineId?: number | string | undefined;
    /** The user's own cloud account, if the build runs there. */
    provider?: Provider | undefined;
    /** Base URI of the Screwdriver API, without `/v4`. */
    apiUri: string;
    /** Job name. */
    jobName?: string | undefined;
    [key: string]: unknown;
}

/**
 * The config of `status` and `_status`. Other keys are allowed and kept.
 *
 * Source: `plugins.executor.status` of screwdriver-data-schema.
 */
export interface StatusConfig {
    /** Build id. */
    buildId: BuildId;
    /** A JWT of the build. A secret. */
    token?: string | undefined;
    /** Pipeline id. */
    pipelineId?: number | string | undefined;
    /** Job id. */
    jobId?: number | string | undefined;
    /** The user's own cloud account, if the build runs there. */
    provider?: Provider | undefined;
    [key: string]: unknown;
}

/** The config of `startTimer` and `stopTimer`; not validated. `startTimer` gets no `apiUri`: keep it from `start`. */
export interface TimerConfig {
    /** Build id. */
    buildId: BuildId;
    /** Job id. */
    jobId?: number | string | undefined;
    /** Pipeline id. */
    pipelineId?: number | string | undefined;
    /** When the build started to run: an ISO date (`startTimer` only). */
    startTime?: string | undefined;
    /** The build's status: `RUNNING` (`startTimer` only). */
    buildStatus?: string | undefined;
    /** The job's annotations, unparsed. */
    annotations?: Annotations | undefined;
    /** A JWT of the build. A secret. */
    token?: string | undefined;
    [key: string]: unknown;
}

/** The config of `startFrozen` and `stopFrozen`; not validated. */
export interface FrozenConfig {
    /** Build id. */
    buildId: BuildId;
    /** Job id. */
    jobId?: number | undefined;
    /** Pipeline id. */
    pipelineId?: number | undefined;
    /** A JWT of the build. A secret. */
    token?: string | undefined;
    [key: string]: unknown;
}

/** The config of `startPeriodic` and `stopPeriodic`; not validated. */
export interface PeriodicConfig {
    [key: string]: unknown;
}

/** The config of `unzipArtifacts`; not validated. */
export interface UnzipConfig {
    /** Id of the build whose ZIP of artifacts to unpack. */
    buildId: BuildId;
    [key: string]: unknown;
}

/** The argument of `enqueueWebhook`: the parsed webhook; not validated. */
export type WebhookConfig = unknown;

/** What `exchangeTokenForBuild` needs. A whole {@link StartConfig} is fine. */
export interface ExchangeConfig {
    /** The build's temporal JWT. A secret. */
    token: string;
    /** Base URI of the Screwdriver API, without `/v4`: http or https; a path prefix is kept. */
    apiUri: string;
    /** Build id. */
    buildId: BuildId;
    [key: string]: unknown;
}
