import { expect } from 'chai';
import { MemoryExecutor } from 'screwdriver-executor-base/testing';
import type Executor from 'screwdriver-executor-base';
import { everythingOn, happened, type Told } from './kit';

/** Makes executors with this method or hook. */
function having(name: string, value: (this: MemoryExecutor, config: any) => unknown): Told {
    class Having extends MemoryExecutor {}
    Object.defineProperty(Having.prototype, name, { value });

    return { factory: () => new Having() };
}

describe('the rule that every operation returns a promise', () => {
    const TITLE = 'every operation returns a promise, even for an invalid config';

    for (const operation of ['start', 'stop', 'verify', 'status', 'startTimer', 'stopTimer', 'cleanUp']) {
        it(`is broken by a ${operation} that returns something else or throws`, async () => {
            for (const value of [undefined, null, 'done', { then: true }]) {
                expect(
                    await happened(
                        TITLE,
                        having(operation, () => value)
                    )
                ).to.match(new RegExp(`^${operation} returned (undefined|null|'done'|{ then: true })$`));
            }
            const throwing = having(operation, () => {
                throw new Error('gone');
            });

            expect(await happened(TITLE, throwing)).to.equal(`${operation} threw Error: gone`);
        });
    }

    it('is followed by a promise that rejects', async () => {
        expect(
            await happened(
                TITLE,
                having('verify', () => Promise.reject(new Error('gone')))
            )
        ).to.equal(undefined);
    });
});

describe('the rule that the build token lives as long as the timeout says', () => {
    const TITLE = 'the build token lives as long as the timeout annotation says';

    for (const [minutes, says] of [
        [19, 'the timeout is 20 minutes, but start asked for a token of 19 minutes'],
        [20, undefined],
        [89, undefined],
        [90, 'the timeout is 20 minutes, but start asked for a token of 90 minutes']
    ] as const) {
        it(`is ${says ? 'broken' : 'followed'} by a token of ${minutes} minutes`, async () => {
            class Asking extends MemoryExecutor {
                override exchangeTokenForBuild(config: Executor.ExchangeConfig): Promise<string> {
                    return super.exchangeTokenForBuild(config, minutes, { bufferMinutes: 0 });
                }
            }

            expect(await happened(TITLE, { factory: () => new Asking() })).to.equal(says);
        });
    }
});

describe('the rule that start does not crash on an invalid annotation', () => {
    const TITLE = 'start does not crash on an invalid annotation value';

    for (const bad of ['NONSENSE', -1, null, '']) {
        it(`is broken by an executor that crashes on ${JSON.stringify(bad)}`, async () => {
            for (const Crash of [TypeError, ReferenceError, RangeError]) {
                const told = having('_start', ({ annotations }) =>
                    annotations['screwdriver.cd/ram'] === bad ? Promise.reject(new Crash('crash')) : true
                );

                expect(await happened(TITLE, told)).to.equal(`start rejected with ${Crash.name}: crash`);
            }
        });
    }

    it('is followed by one that rejects on purpose', async () => {
        for (const error of [new Error('no such size'), 'no such size', null]) {
            expect(
                await happened(
                    TITLE,
                    having('_start', () => Promise.reject(error))
                )
            ).to.equal(undefined);
        }
    });
});

describe('the rules for what an executor supports', () => {
    it('name what supports denies', async () => {
        const title = 'supports returns true for start and stop';

        expect(
            await happened(
                title,
                having('supports', () => 'yes')
            )
        ).to.equal('supports does not return true for start and stop');
        expect(
            await happened(
                title,
                having('supports', operation => operation !== 'stop')
            )
        ).to.equal('supports does not return true for stop');
    });

    it('require false for an unknown operation, not undefined', async () => {
        expect(
            await happened(
                'supports returns false for an unknown operation',
                having('supports', () => {})
            )
        ).to.equal('supports did not return false');
    });
});

describe('the rule that each annotation is declared', () => {
    it('names those that are not', async () => {
        const { ram, disk, ...declared } = everythingOn(MemoryExecutor).annotations!;

        void [ram, disk];
        expect(
            await happened('every engine annotation is declared as honoured or ignored', { annotations: declared })
        ).to.equal('the option annotations has no entry for ram, disk');
    });

    it('is followed by an annotation that is honoured', async () => {
        const { annotations } = everythingOn(MemoryExecutor);
        const title = 'the annotation cpu is honoured';

        expect(await happened(title, { annotations: { cpu: annotations!.cpu! } })).to.equal(undefined);
        expect(await happened(title, { annotations: { cpu: { value: 'LOW', honoured: () => false } } })).to.equal(
            "annotations.cpu.honoured resolved false for 'LOW'"
        );
    });
});
