import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { freshBuildId, startConfig, type TokenApi } from 'screwdriver-executor-base/testing';
import type { StartConfig } from 'screwdriver-executor-base';

interface Recording {
    calls: { start: { config: StartConfig } };
}

/** The config that the real API passed to `start`, with an id and a token of this demo's API. */
export function recordedStartConfig(api: TokenApi, timeout?: number): StartConfig {
    const path = join(__dirname, '../../../test/fixtures/real-configs.json');
    const { config } = (JSON.parse(readFileSync(path, 'utf8')) as Recording).calls.start;
    const buildId = freshBuildId();
    const { build, tokenGen, token } = startConfig(api, { buildId, container: config.container });

    return {
        ...config,
        annotations: { ...config.annotations, ...(timeout && { 'screwdriver.cd/timeout': timeout }) },
        apiUri: api.uri,
        buildId,
        // The recording could only keep the names of the model and of the function.
        build,
        tokenGen,
        token
    };
}
