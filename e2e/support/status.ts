import assert from 'node:assert/strict';
import type { TokenApi } from 'screwdriver-executor-base/testing';

/** From here on the API has this status of the build. */
export function setStatus({ builds }: TokenApi, buildId: number, status: string) {
    const build = builds.get(buildId);

    assert.ok(build, `the API has a build ${buildId}`);
    build.status = status;
}
