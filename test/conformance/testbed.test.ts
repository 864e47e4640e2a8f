import { expect } from 'chai';
import { MemoryExecutor } from 'screwdriver-executor-base/testing';
import { stats } from 'screwdriver-executor-base/conformance';
import type { StartConfig, StartContext } from 'screwdriver-executor-base';
import { rejection } from '../support/executors';
import { collect, everythingOn, happened } from './kit';

const VERIFY = 'verify does not fail a running build';
const SECOND = 'a second instance stops a build that the first one started, or says that it cannot';

/** Records what it is called for. */
class Recording extends MemoryExecutor {
    readonly calls: Array<[operation: string, config: Record<string, unknown>]> = [];

    get operations(): string[] {
        return this.calls.map(([operation]) => operation);
    }
}
for (const operation of ['start', 'stop', 'verify', 'status', 'startTimer', 'stopTimer', 'cleanUp'] as const) {
    Object.defineProperty(Recording.prototype, operation, {
        value(this: Recording, config: never) {
            this.calls.push([operation, config]);

            return MemoryExecutor.prototype[operation].call(this, config);
        }
    });
}

describe('a check', () => {
    it('stops what it has started, cleans up its executors and closes its API, whether it passes or fails', async () => {
        for (const answer of ['', 'pulling']) {
            const made: Recording[] = [];
            const uris: string[] = [];

            class Answering extends Recording {
                protected override _verify(): Promise<string> {
                    return Promise.resolve(answer);
                }
            }
            const factory = ({ apiUri }: { apiUri: string }) => {
                made.push(new Answering());
                uris.push(apiUri);

                return made.at(-1)!;
            };

            expect(await happened(VERIFY, { factory })).to.equal(answer ? "verify resolved 'pulling'" : undefined);
            expect(made.map(({ operations }) => operations)).to.deep.equal([['start', 'verify', 'stop', 'cleanUp']]);
            const [[, started], , [, stopped]] = made[0]!.calls as [[string, any], unknown, [string, any]];

            expect(stopped.buildId).to.equal(started.buildId);
            expect(started.apiUri).to.equal(uris[0]);
            expect(await rejection(fetch(uris[0]!))).to.be.an('error');
        }
    });

    it('cleans up a second executor, too', async () => {
        const made: Recording[] = [];
        const make = (options?: object) => {
            made.push(new Recording(options));

            return made.at(-1)!;
        };

        await happened(SECOND, { factory: () => make(), second: ({ engine }) => make({ engine }) });
        expect(made.map(({ operations }) => operations)).to.deep.equal([
            ['start', 'stop', 'cleanUp'],
            ['stop', 'cleanUp']
        ]);
    });

    it('passes the keys of the option config to each operation', async () => {
        const config = { container: 'alpine:3', cluster: 'blue' };
        const seen = new Map<string, Record<string, unknown>>();

        for (const title of [VERIFY, 'status describes a started build', 'stopTimer of a running timer resolves']) {
            const executor = new Recording();

            await happened(title, { factory: () => executor, config });
            for (const [operation, given] of executor.calls) seen.set(operation, given);
        }
        expect([...seen.keys()]).to.have.members([
            'start',
            'verify',
            'stop',
            'cleanUp',
            'status',
            'startTimer',
            'stopTimer'
        ]);
        seen.delete('cleanUp');
        for (const [operation, given] of seen) {
            expect(given, operation).to.include({ cluster: 'blue', container: 'alpine:3' });
        }
        expect(Object.keys(seen.get('startTimer')!))
            .to.include('startTime')
            .and.not.include('apiUri');
        expect(Object.keys(seen.get('status')!)).to.not.include('annotations');
    });

    it('leaves no timer of its own behind', async () => {
        expect(await happened('the process can exit after a start and cleanUp', { callTimeout: 3_000 })).to.equal(
            undefined
        );
    });

    it('does not wait for anything once a call has hung', async () => {
        const executor = new Recording();
        const never = () => new Promise<never>(() => {});

        Object.assign(executor, { _start: never, _stop: never, _cleanUp: never });
        const begun = performance.now();

        expect(await happened(VERIFY, { factory: () => executor, startTimeout: 300, callTimeout: 60_000 })).to.match(
            /^start never settles/
        );
        expect(performance.now() - begun).to.be.below(30_000);
        expect(executor.operations).to.deep.equal(['start', 'start', 'stop', 'cleanUp', 'stop', 'cleanUp']);
    });

    it('gives the runner a limit that is longer than its calls together', () => {
        const limits: unknown[] = [];
        const register = (told: object) =>
            stats({
                describe: (_title, body) => body(),
                it: (_title, _body, limit) => ({ timeout: (given: unknown) => limits.push([limit, given]) }),
                factory: () => new MemoryExecutor(),
                ...told
            });

        register({});
        register({ startTimeout: 1, callTimeout: 10, gracePeriod: 100 });
        expect(limits).to.deep.equal([
            [120_000, 120_000],
            [120_000, 120_000],
            [226, 226],
            [226, 226]
        ]);
    });

    it('waits for an engine that shows a change late', async () => {
        class Late extends MemoryExecutor {
            protected override async _start(config: StartConfig, context: StartContext): Promise<boolean> {
                const started = await super._start(config, context);
                const build = this.engine.builds.get(String(config.buildId))!;

                this.engine.builds.delete(build.id);
                setTimeout(() => this.engine.builds.set(build.id, build), 100);

                return started;
            }
        }
        const { observe } = everythingOn(Late);

        expect(await happened('a started build runs on the engine', { factory: () => new Late(), observe })).to.equal(
            undefined
        );
    });

    it('is registered under the name of its group', () => {
        const groups = new Set(collect(everythingOn(MemoryExecutor)).map(({ group }) => group));

        expect([...groups]).to.deep.equal([
            'lifecycle',
            'support',
            'idempotency',
            'isolation',
            'validation',
            'results',
            'failure',
            'secrets',
            'annotations',
            'stats',
            'shutdown'
        ]);
    });
});
