import { setTimeout as sleep } from 'node:timers/promises';
import Executor = require('screwdriver-executor-base');

/** What is needed to speak for a build. */
export interface Reporter {
    apiUri: string;
    buildId: string;
    /** The build's own token: a temporal one may not read the build. */
    token: string;
}

interface ApiBuild {
    status?: string;
    meta?: object;
}

const UNFINISHED = ['CREATED', 'QUEUED', 'BLOCKED', 'FROZEN', 'RUNNING'];

/**
 * Reports FAILURE for a build whose launcher no longer can, unless the launcher has reported: the API is asked.
 * Resolves whether there was something to report; rejects where the API did not take it.
 *
 * Asked first, because the API would take FAILURE for an UNSTABLE build as well.
 */
export async function reportFailure(reporter: Reporter, statusMessage: string): Promise<boolean> {
    const build = await call(reporter, 'GET');

    if (!UNFINISHED.includes(build.status ?? '')) return false;
    // An update without the build's meta would empty it.
    await call(reporter, 'PUT', { status: 'FAILURE', statusMessage, ...(build.meta && { meta: build.meta }) });

    return true;
}

/** At most four tries of 3 s each, half a second apart: whoever shuts the executor down waits for it. */
async function call(reporter: Reporter, method: 'GET' | 'PUT', update?: object): Promise<ApiBuild> {
    for (let left = 3; ; left -= 1) {
        try {
            return await tryOnce(reporter, method, update);
        } catch (error) {
            if (left === 0 || !Executor.isRetryable(error)) throw error;
        }
        await sleep(500);
    }
}

async function tryOnce({ apiUri, buildId, token }: Reporter, method: string, update?: object): Promise<ApiBuild> {
    const url = `${apiUri.replace(/\/+$/, '')}/v4/builds/${buildId}`;
    const response = await fetch(url, {
        method,
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        body: update ? JSON.stringify(update) : null,
        redirect: 'manual',
        signal: AbortSignal.timeout(3_000)
    }).catch((error: Error & { cause?: { code?: string } }) => {
        // fetch's own message says nothing of why.
        throw new Error(`${method} ${url} failed: ${error.cause?.code ?? error.name}`, { cause: error });
    });
    const { status: statusCode } = response;

    if (statusCode === 200) return (await response.json()) as ApiBuild;
    await response.body?.cancel();
    // Not the body: it could repeat the token.
    throw Object.assign(new Error(`${method} ${url} was answered with ${statusCode}`), { statusCode });
}
