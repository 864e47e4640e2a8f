import request = require('screwdriver-request');

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

/** One request with its retries: at most four tries of 3 s, two seconds of waiting between them in all. */
async function call({ apiUri, buildId, token }: Reporter, method: 'GET' | 'PUT', json?: object): Promise<ApiBuild> {
    const url = `${apiUri.replace(/\/+$/, '')}/v4/builds/${buildId}`;
    const { statusCode, body } = await request<ApiBuild>(url, {
        method,
        ...(json && { json }),
        headers: { authorization: `Bearer ${token}` },
        throwHttpErrors: false,
        followRedirect: false,
        timeout: { request: 3_000 },
        retry: { limit: 3, methods: [method], calculateDelay: ({ computedValue }) => Math.min(computedValue, 700) }
    }).catch((error: { code?: string }) => {
        // The client's own message says 500 for a host that cannot be reached.
        throw new Error(`${method} ${url} failed: ${error.code}`);
    });

    // Not the body: it could repeat the token.
    if (statusCode !== 200) throw new Error(`${method} ${url} was answered with ${statusCode}`);

    return body;
}
