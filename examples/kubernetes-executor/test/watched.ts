import { afterEach, beforeEach } from 'mocha';
import { useFakeTimers, type SinonFakeTimers } from 'sinon';
import { MemoryExecutor, startTokenApi, type TokenApi } from 'screwdriver-executor-base/testing';
import { Background } from '../lib/background';
import { Pods } from '../lib/pods';
import { Reasons } from '../lib/reasons';
import { settingsFrom, type Options } from '../lib/settings';
import { Timers } from '../lib/timers';
import { Watch } from '../lib/watch';
import { startCluster } from './cluster';
import { podOf } from './shapes';
import type { V1ContainerState, V1Pod } from '@kubernetes/client-node';

/** Milliseconds. */
const LOOK_EVERY = 15_000;

/** An answer after which a report gives up, since the next try would come after its time limit. */
export const AWAY = { status: 503, headers: { 'retry-after': '3600' } };

/** The work in the background, which tests can wait for. */
class Work extends Background {
    readonly #all: Promise<void>[] = [];

    override add(...work: Parameters<Background['add']>) {
        const done = super.add(...work);

        this.#all.push(done);

        return done;
    }

    async over() {
        for (let done = this.#all.pop(); done; done = this.#all.pop()) await done;
    }
}

/** Gives each test a watch with its own cluster and API, and control of the time until its looks. */
export function watched() {
    let clock: SinonFakeTimers;
    const there = {
        cluster: undefined! as Awaited<ReturnType<typeof startCluster>>,
        api: undefined! as TokenApi,
        work: undefined! as Work,
        timers: undefined! as Timers,
        reasons: undefined! as Reasons,
        watch: undefined! as Watch,
        log: [] as string[],
        isEndedHere: false,
        use(options: Options = {}) {
            const settings = settingsFrom({ jobTools: 'launch', ...options });

            there.work = new Work(error => there.log.push(String(error)));
            there.timers = new Timers();
            there.reasons = new Reasons();
            there.watch = new Watch({
                executor: new MemoryExecutor(),
                pods: new Pods(there.cluster.kubeConfig, settings),
                settings: { ...settings, log: line => there.log.push(line) },
                reasons: there.reasons,
                timers: there.timers,
                background: there.work,
                isEndedHere: () => there.isEndedHere
            });
            there.watch.begin();
        },
        /** Puts the pod of a build and its token on the cluster, in place of previous ones. */
        put(id: number, state: V1ContainerState, { status, metadata, spec }: Partial<V1Pod> = {}) {
            const name = nameOf(id);
            const pod = podOf(state, { phase: 'Running', ...status });
            const annotations = {
                'screwdriver.cd/secret': secretOf(id),
                'screwdriver.cd/api': there.api.uri,
                'screwdriver.cd/timeout': '90',
                ...metadata?.annotations
            };

            there.cluster.pods.set(name, {
                ...pod,
                metadata: {
                    name,
                    uid: name,
                    labels: { 'screwdriver.cd/build': String(id) },
                    ...metadata,
                    annotations
                },
                spec: { ...pod.spec!, terminationGracePeriodSeconds: 60, ...spec }
            });
            if (!there.api.builds.has(id)) there.putToken(id);
        },
        putToken(id: number, claims: Record<string, unknown> = {}) {
            const token = there.api.temporalToken(id, { scope: ['build'], ...claims });

            there.cluster.secrets.set(secretOf(id), { data: { SD_TOKEN: Buffer.from(token).toString('base64') } });
        },
        /** Lets a number of looks happen, and waits for each to finish its work. */
        async look(times = 1) {
            for (let time = 0; time < times; time += 1) {
                clock.tick(LOOK_EVERY);
                await there.work.over();
            }
        },
        build: (id: number) => there.api.builds.get(id)!,
        hasPod: (id: number) => there.cluster.pods.has(nameOf(id)),
        countOf: (request: string) => there.cluster.requests.filter(made => made === request).length
    };

    beforeEach(async () => {
        [there.cluster, there.api] = await Promise.all([startCluster(), startTokenApi()]);
        clock = useFakeTimers({ now: Date.now(), toFake: ['setTimeout', 'clearTimeout', 'Date'] });
        there.log = [];
        there.isEndedHere = false;
        there.use();
    });

    afterEach(async () => {
        there.watch.end();
        there.timers.stopAll();
        await there.work.over();
        clock.restore();
        await Promise.all([there.cluster.close(), there.api.close()]);
    });

    return there;
}

export function nameOf(id: number) {
    return `sd-build-${id}`;
}

export function secretOf(id: number) {
    return `${nameOf(id)}-0a1b2c3d`;
}

export function runningSince(time: number): V1ContainerState {
    return { running: { startedAt: new Date(time) } };
}
