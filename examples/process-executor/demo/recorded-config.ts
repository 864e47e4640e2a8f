import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { freshBuildId, startConfig, type TokenApi } from 'screwdriver-executor-base/testing';
import type { StartConfig } from 'screwdriver-executor-base';

interface Recording {
    calls: { start: { config: StartConfig } };
}

/** What the real API passed to `start`, for a build of this demo's API: an id and a token of its own. */
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
        // The model's and the function's names are all that the recording could keep of them.
        build,
        tokenGen,
        token
    };
}
