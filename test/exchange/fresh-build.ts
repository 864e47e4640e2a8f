import { startTokenApi, type TokenApi } from 'screwdriver-executor-base/testing';

/** A build and its API. */
export interface FreshBuild {
    api: TokenApi;
    id: number;
    /** The methods of the received requests. */
    asked(): string[];
    /** Resolves after this many requests; rejects if they do not come. */
    isAsked(count?: number): Promise<void>;
}

/** A new one for each test of the calling suite. */
export function freshBuild(): FreshBuild {
    const build = {
        api: undefined as unknown as TokenApi,
        id: 500,
        asked: () => build.api.requests.map(({ method }) => method),
        async isAsked(count = 1) {
            const end = performance.now() + 10_000;

            while (build.api.requests.length < count) {
                if (performance.now() > end) throw new Error(`the API has not got ${count} request(s) in ten seconds`);
                await new Promise(resolve => setTimeout(resolve, 5));
            }
        }
    };

    beforeEach(async () => {
        build.api = await startTokenApi();
        build.id += 1;
    });

    afterEach(() => build.api.close());

    return build;
}
