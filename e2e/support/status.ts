import assert from 'node:assert/strict';
import type { TokenApi } from 'screwdriver-executor-base/testing';

/** Sets this status of the build in the API. */
export function setStatus({ builds }: TokenApi, buildId: number, status: string) {
    const build = builds.get(buildId);

    assert.ok(build, `the API has a build ${buildId}`);
    build.status = status;
}
