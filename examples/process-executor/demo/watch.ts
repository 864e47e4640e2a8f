import { readFile } from 'node:fs/promises';
import { startTimerConfig, type ApiRequest, type TokenApi } from 'screwdriver-executor-base/testing';
import type Executor = require('screwdriver-executor-base');
import type { Timeline } from './timeline';

/**
 * Acts like the real API on requests: prints each answered request, and calls `startTimer` for a running build. For
 * many builds it prints how many have each status. Returns a function that ends it.
 */
export function watchApi(
    api: TokenApi,
    executor: Executor,
    configs: Executor.StartConfig[],
    timeline: Timeline
): () => void {
    const pending = new Set<ApiRequest>();
    let seen = 0;
    let counted = '';

    function look(): void {
        for (const request of api.requests.slice(seen)) pending.add(request);
        seen = api.requests.length;
        for (const request of pending) {
            if (request.status === undefined) continue;
            pending.delete(request);
            if (configs.length === 1) timeline.event('api', describe(request));
            if (statusIn(request) === 'RUNNING') startTimer(request);
        }
    }

    function startTimer({ path }: ApiRequest): void {
        const config = configs.find(({ buildId }) => path === `/v4/builds/${buildId}`);

        if (!config) return;
        const { buildId, annotations } = config;

        if (configs.length === 1) timeline.event('startTimer', `build ${buildId} runs: its clock starts`);
        // A failure would show in the outcome, since the build would not end.
        executor.startTimer(startTimerConfig(api, { buildId, annotations })).catch(() => {});
    }

    function count(): void {
        const text = countsOf([...api.builds.values()].map(({ status }) => status));

        if (configs.length > 1 && text !== counted) timeline.event('api', text);
        counted = text;
    }
    const timers = [setInterval(look, 10), setInterval(count, 200)];

    return () => {
        timers.forEach(clearInterval);
        look();
        count();
    };
}

/** `12 QUEUED, 8 RUNNING` */
function countsOf(words: string[]): string {
    return [...new Set(words)]
        .sort()
        .map(word => `${words.filter(other => other === word).length} ${word}`)
        .join(', ');
}

/** Prints the lines of a build's log as they come. Returns a function that prints the rest. */
export function watchLog(path: string, timeline: Timeline): () => Promise<void> {
    let shown = 0;

    async function look(): Promise<void> {
        const lines = (await readFile(path, 'utf8').catch(() => '')).split('\n').slice(0, -1);

        for (const line of lines.slice(shown)) timeline.event('log', line);
        shown = Math.max(shown, lines.length);
    }
    const timer = setInterval(() => void look(), 50);

    return () => {
        clearInterval(timer);

        return look();
    };
}

function statusIn({ method, body }: ApiRequest): string | undefined {
    return method === 'PUT' ? (JSON.parse(body) as { status?: string }).status : undefined;
}

function describe(request: ApiRequest): string {
    const { method, path, status, claims } = request;
    const scope = typeof claims === 'string' ? claims : `${String(claims['scope'])} token`;
    const sent = method === 'GET' ? '' : ` ${request.body}`;

    return `${status} ${method} ${path}${sent}, with a ${scope}`;
}
