import { expect } from 'chai';
import Executor from 'screwdriver-executor-base';
import { MemoryExecutor } from 'screwdriver-executor-base/testing';
import { WithOwnBuilds, WithStopping } from './broken/broken-executor';
import { collect, everythingOn, failures, happened, type Told } from './kit';

/** Has start and stop alone, on an engine of its own. */
class Minimal extends Executor {
    constructor(readonly builds = new Set<string>()) {
        super();
    }

    protected override async _start(config: Executor.StartConfig): Promise<boolean> {
        const id = Executor.buildIdFrom(config);

        if (!this.builds.has(id))
            await this.exchangeTokenForBuild(config, Executor.buildTimeoutFrom(config.annotations));
        this.builds.add(id);

        return true;
    }

    protected override _stop(config: Executor.StopConfig): void {
        this.builds.delete(Executor.buildIdFrom(config));
    }

    static override readonly callsInTurn: boolean = true;
}

describe('an executor that has start and stop alone', () => {
    const told = {
        factory: () => new Minimal(),
        second: ({ builds }: Minimal) => new Minimal(builds),
        observe: { running: ({ builds }: Minimal, id: number) => (builds.has(String(id)) ? ['launch'] : []) }
    };

    for (const [index, { title }] of collect<Minimal>(told).entries()) {
        it(`follows the rule: ${title}`, async () => {
            expect([...(await failures([collect<Minimal>(told)[index]!])).values()]).to.deep.equal([]);
        });
    }

    it('follows the rules for verify when the engine is down', async () => {
        const title = 'verify does not report success when the engine is down';
        const [check] = collect<Minimal>({ ...told, engineDown: () => new Minimal() }).filter(
            found => found.title === title
        );

        expect([...(await failures([check!])).values()]).to.deep.equal([]);
    });
});

const { observe, second } = everythingOn(MemoryExecutor);
const BESIDE_A_STOP = 'a start during a stop leaves the build in the state that it reports';
const STOPPED_BY_SECOND = 'a second instance stops a build that the first one started, or says that it cannot';
const FOUND_BY_SECOND = 'a second instance finds a build that the first one started, or says that it cannot';
const STARTED_BY_SECOND =
    'a second instance resolves a start of a running build, creates nothing, and leaves the build alone';
const AFTER_CLEAN_UP = 'a start after cleanUp runs its build or rejects with a retryable error';

/** An executor whose method does this on a build that is being stopped. */
function startsBesideAStop(start: (this: MemoryExecutor, config: Executor.StartConfig) => unknown): Told {
    class Starting extends WithStopping {
        override start(config: Executor.StartConfig): Promise<any> {
            return this.stopping.has(String(config.buildId))
                ? Promise.resolve(start.call(this, config))
                : super.start(config);
        }
    }

    return { factory: () => new Starting(), observe };
}

/** A second executor with this method. */
function secondWith(operation: string, value: (config: never) => unknown): Told {
    return {
        observe,
        second: ({ engine }) => Object.assign(new MemoryExecutor({ engine }), { [operation]: value })
    };
}

const fails = (error: unknown) => () => Promise.reject(error);

describe('a rule', () => {
    it('lets a start beside a stop resolve with false, or reject', async () => {
        for (const start of [() => false, fails(new Error('The build is being stopped'))]) {
            expect(await happened(BESIDE_A_STOP, startsBesideAStop(start))).to.equal(undefined);
        }
    });

    it('does not let a start beside a stop reject and run the build', async () => {
        const told = startsBesideAStop(function (config) {
            setTimeout(() => this.engine.builds.set(String(config.buildId), {} as never), 50);

            return new Promise((_resolve, reject) => setTimeout(reject, 100, new Error('gone')));
        });

        expect(await happened(BESIDE_A_STOP, { ...told, callTimeout: 600 })).to.equal(
            'the start rejected with Error: gone, and the build runs'
        );
    });

    it('leaves a build that never runs to another rule', async () => {
        const told = { factory: () => Object.assign(new MemoryExecutor(), { start: () => Promise.resolve(true) }) };

        expect(await happened(BESIDE_A_STOP, { ...told, observe, callTimeout: 300 })).to.equal(undefined);
    });

    it('leaves a stop that ends nothing to another rule', async () => {
        const told = { factory: () => Object.assign(new MemoryExecutor(), { stop: () => Promise.resolve() }) };
        const title = 'a stop during a start leaves nothing running';

        expect(await happened(title, { ...told, observe, callTimeout: 300 })).to.equal(undefined);
    });

    it('leaves stops that all reject to another rule', async () => {
        const told = { factory: () => Object.assign(new MemoryExecutor(), { stop: fails(new Error('gone')) }) };

        expect(await happened('concurrent stops all resolve', told)).to.equal(undefined);
    });

    it('lets a second start reject if the option says so', async () => {
        class Rejecting extends WithOwnBuilds {
            protected override _start(config: Executor.StartConfig): Promise<boolean> {
                return this.isOwn(config.buildId) ? Promise.reject(new Error('Started')) : super._start(config);
            }
        }
        const told = { factory: () => new Rejecting(), duplicateStart: 'rejects' } as const;
        const title = 'a second start rejects with an Error that does not show the token';

        expect(await happened(title, told)).to.equal(undefined);
    });

    it('lets a second instance say with an Error that it cannot do it, and not with anything else', async () => {
        const away = new Error('That build is not mine');

        expect(await happened(STOPPED_BY_SECOND, secondWith('stop', fails(away)))).to.equal(undefined);
        expect(await happened(STOPPED_BY_SECOND, secondWith('stop', fails('gone')))).to.equal(
            "its stop rejected with 'gone'"
        );
        for (const operation of ['status', 'verify']) {
            expect(await happened(FOUND_BY_SECOND, secondWith(operation, fails(away)))).to.equal(undefined);
            expect(await happened(FOUND_BY_SECOND, secondWith(operation, fails('gone')))).to.equal(
                `${operation} of the second instance rejected with 'gone'`
            );
            expect(
                await happened(
                    FOUND_BY_SECOND,
                    secondWith(operation, () => Promise.resolve())
                )
            ).to.equal(`${operation} of the second instance resolved undefined`);
        }
    });

    it('does not let a second instance resolve a stop that ends nothing', async () => {
        const told = { ...secondWith('stop', () => Promise.resolve()), callTimeout: 300 };

        expect(await happened(STOPPED_BY_SECOND, told)).to.equal(
            'its stop resolved, but the build still runs on its engine'
        );
    });

    it('does not let a second instance add to a running build', async () => {
        const told: Told = {
            observe,
            second: ({ engine }) => {
                const executor = new MemoryExecutor({ engine });

                return Object.assign(executor, {
                    start: ({ buildId }: Executor.StartConfig) => {
                        engine.builds.set(`${buildId}-2`, engine.builds.get(String(buildId))!);

                        return Promise.resolve(true);
                    }
                });
            }
        };

        expect(await happened(STARTED_BY_SECOND, told)).to.equal('the build had 1 running before it, and 2 after it');
    });

    it('about a second start on another process needs a second executor that sees the build', () => {
        const has = (told: Told) =>
            collect<MemoryExecutor>({ factory: () => new MemoryExecutor(), ...told }).some(
                ({ title }) => title === STARTED_BY_SECOND
            );

        expect(has({ second, observe })).to.equal(true);
        for (const told of [{ second }, { observe }, { second, observe, duplicateStart: 'rejects' as const }]) {
            expect(has(told)).to.equal(false);
        }
    });

    it('lets a start after cleanUp resolve with false, and not with true unless its build runs', async () => {
        const having = (start: unknown) => ({
            observe,
            callTimeout: 300,
            factory: () => Object.assign(new MemoryExecutor(), { start: () => start })
        });

        expect(await happened(AFTER_CLEAN_UP, having(Promise.resolve(false)))).to.equal(undefined);
        expect(await happened(AFTER_CLEAN_UP, having(Promise.resolve(true)))).to.equal(
            'the start resolved true, but its build does not run'
        );
        expect(await happened(AFTER_CLEAN_UP, having(Promise.reject(new Error('Closed'))))).to.equal(
            'the start rejected with Error: Closed'
        );
    });
});
