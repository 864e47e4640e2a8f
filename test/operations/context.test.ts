import { expect } from 'chai';
import { startConfig } from '../support/configs';
import { BareExecutor, executorWith } from '../support/executors';
import type { HookContext, StartConfig, VerifyContext } from 'screwdriver-executor-base';

describe('the second argument of a hook', () => {
    it('has a signal that the hook can neither abort nor replace', async () => {
        let keys: PropertyKey[] | undefined;
        const executor = executorWith({
            _start(_config: StartConfig, context: HookContext) {
                keys = Reflect.ownKeys(context);
                expect(() => Object.assign(context, { signal: 1 })).to.throw(TypeError);

                return context.signal;
            }
        });

        expect(await executor.start(startConfig())).to.be.instanceOf(AbortSignal);
        expect(keys).to.deep.equal([]);
    });

    it('never says that a start is in progress without callsInTurn', async () => {
        const executor = executorWith({
            _verify: (_config: unknown, { isStarting }: VerifyContext) => String(isStarting)
        });

        expect(await executor.verify(startConfig())).to.equal('false');
    });

    it('is one per call', async () => {
        const executor = executorWith({ _startTimer: (_config: unknown, context: HookContext) => context });

        expect(await executor.startTimer({ buildId: 1 })).to.not.equal(await executor.startTimer({ buildId: 1 }));
    });

    it('is missing for cleanUp, which has no arguments', async () => {
        let count: number | undefined;
        const executor = Object.assign(new BareExecutor(), {
            _cleanUp(...args: unknown[]) {
                count = args.length;
            }
        });

        await executor.cleanUp();
        expect(count).to.equal(0);
    });
});
