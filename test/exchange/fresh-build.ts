import { startTokenApi, type TokenApi } from 'screwdriver-executor-base/testing';

/** A build, and the API that knows it. */
export interface FreshBuild {
    api: TokenApi;
    id: number;
    /** The methods of the requests that have come in. */
    asked(): string[];
    /** Resolves when so many requests have come in. */
    isAsked(count?: number): Promise<void>;
}

/** Another one for each test of the suite that calls it. */
export function freshBuild(): FreshBuild {
    const build = {
        api: undefined as unknown as TokenApi,
        id: 500,
        asked: () => build.api.requests.map(({ method }) => method),
        async isAsked(count = 1) {
            while (build.api.requests.length < count) await new Promise(resolve => setTimeout(resolve, 5));
        }
    };

    beforeEach(async () => {
        build.api = await startTokenApi();
        build.id += 1;
    });

    afterEach(() => build.api.close());

    return build;
}
