import { randomInt } from 'node:crypto';
import type {
    BuildId,
    FrozenConfig,
    StartConfig,
    StatusConfig,
    StopConfig,
    TimerConfig,
    VerifyConfig
} from '../executor';
import type { TokenApi } from './token-api';

/** What a config needs from an API: its address and its tokens. */
export type ConfigSource = Pick<TokenApi, 'uri' | 'temporalToken'>;

/** Starts at random: suites that run concurrently on one engine must not share builds. */
let lastId = randomInt(1_000_000, 200_000_000);

/** An id that no other build of this process has. */
export function freshBuildId(): number {
    lastId += 1;

    return lastId;
}

/** The build as the API passes it to `start`: a model with methods, whose relations are promises. */
class BuildModel {
    readonly status = 'QUEUED';
    readonly environment = { SD_VERSION: '4' };
    readonly cause = 'Started by user github:12';
    readonly sha = '58393af682d61de87789fb4961645c42180cec5a';
    readonly createTime = new Date().toISOString();
    readonly meta = {};
    readonly stats = {};
    readonly jobId = 1;

    constructor(
        readonly id: BuildId,
        readonly container: string
    ) {}

    get eventId(): BuildId {
        return this.id;
    }

    get job(): Promise<object> {
        return Promise.resolve({ id: this.jobId, name: 'main' });
    }

    update(): Promise<this> {
        return Promise.resolve(this);
    }

    toJson(): object {
        return { ...this, eventId: this.eventId };
    }
}

function annotations(): Record<string, unknown> {
    return {
        'screwdriver.cd/cpu': 'HIGH',
        'screwdriver.cd/ram': 'LOW',
        'screwdriver.cd/timeout': 45,
        'beta.screwdriver.cd/executor': 'demo'
    };
}

function tokenFrom(api: ConfigSource, buildId: BuildId): string {
    if (typeof api?.temporalToken !== 'function') {
        throw new TypeError('The first argument must be a token API, as startTokenApi() resolves with');
    }

    return api.temporalToken(buildId);
}

/** A config for `start`, as recorded from the real API, with a new build and a token for it. */
export function startConfig(api: ConfigSource, overrides: Partial<StartConfig> = {}): StartConfig {
    const { buildId = freshBuildId(), container = 'node:20' } = overrides;
    const token = tokenFrom(api, buildId);

    return {
        build: new BuildModel(buildId, container),
        buildId,
        eventId: 1,
        jobId: 1,
        jobState: 'ENABLED',
        jobArchived: false,
        jobName: 'main',
        annotations: annotations(),
        blockedBy: [1],
        pipelineId: 1,
        pipeline: { id: 1, name: 'demo/repo', scmContext: 'github:github.com' },
        causeMessage: '',
        freezeWindows: [],
        apiUri: api.uri,
        container,
        tokenGen: (id: BuildId, metadata: object, scmContext: string, minutes: number, scope = ['temporal']) => {
            const exp = Math.floor(Date.now() / 1000) + minutes * 60;

            return api.temporalToken(id, { ...metadata, scmContext, exp, scope });
        },
        token,
        isPR: false,
        prParentJobId: undefined,
        ...overrides
    };
}

/** A config for `verify`, with the keys of {@link startConfig}. Pass the build's id. */
export function verifyConfig(api: ConfigSource, overrides: Partial<VerifyConfig> = {}): VerifyConfig {
    return startConfig(api, overrides);
}

/** A config for `stop`, as the API passes it. Pass the build's id. */
export function stopConfig(api: ConfigSource, overrides: Partial<StopConfig> = {}): StopConfig {
    const { buildId = freshBuildId() } = overrides;

    return {
        annotations: annotations(),
        freezeWindows: [],
        blockedBy: [1],
        buildId,
        jobId: 1,
        pipelineId: 1,
        token: tokenFrom(api, buildId),
        jobName: 'main',
        apiUri: api.uri,
        ...overrides
    };
}

/** A config for `status`. Pass the build's id. */
export function statusConfig(api: ConfigSource, overrides: Partial<StatusConfig> = {}): StatusConfig {
    const { buildId = freshBuildId() } = overrides;

    return { buildId, jobId: 1, pipelineId: 1, token: tokenFrom(api, buildId), ...overrides };
}

/** A config for `startTimer`, as the API passes it: without an `apiUri`. Pass the build's id. */
export function startTimerConfig(api: ConfigSource, overrides: Partial<TimerConfig> = {}): TimerConfig {
    const { buildId = freshBuildId() } = overrides;

    return {
        buildId,
        jobId: 1,
        startTime: new Date().toISOString(),
        annotations: annotations(),
        buildStatus: 'RUNNING',
        pipelineId: 1,
        token: tokenFrom(api, buildId),
        ...overrides
    };
}

/** A config for `stopTimer`, as the API passes it: the same as for `stop`. Pass the build's id. */
export function stopTimerConfig(api: ConfigSource, overrides: Partial<StopConfig> = {}): StopConfig {
    return stopConfig(api, overrides);
}

/** A config for `stopFrozen`, as the API passes it. Pass the build's id. */
export function stopFrozenConfig(api: ConfigSource, overrides: Partial<FrozenConfig> = {}): FrozenConfig {
    const { buildId = freshBuildId() } = overrides;

    return { buildId, jobId: 1, pipelineId: 1, token: tokenFrom(api, buildId), status: 'FROZEN', ...overrides };
}
