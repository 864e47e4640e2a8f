import { inspect } from 'node:util';
import { expect } from 'chai';
import Executor from 'screwdriver-executor-base';
import { rejection } from '../support/executors';

class Engine extends Executor {
    constructor(readonly shutdown: unknown[]) {
        super();
    }

    protected override _start(): void {}

    protected override _stop(): void {}

    protected override _cleanUp(): unknown {
        return this.shutDown(...(this.shutdown as Parameters<typeof this.shutDown>));
    }
}

describe('an argument of shutDown', () => {
    for (const steps of [new Array<() => void>(1), 5, 'close', {}, null, [undefined], [Promise.resolve()]]) {
        it(`is refused: ${inspect(steps)} as steps`, async () => {
            const engine = new Engine([steps]);

            expect(await rejection(engine.cleanUp()))
                .to.be.an.instanceOf(TypeError)
                .with.property('message', 'shutDown(steps, deadline): steps must be an array of functions');
        });
    }

    for (const deadline of [NaN, -1, 0, Infinity, 2 ** 31, '5', null]) {
        it(`is refused: ${inspect(deadline)} as deadline`, async () => {
            const engine = new Engine([[], deadline]);

            expect(await rejection(engine.cleanUp()))
                .to.be.an.instanceOf(TypeError)
                .with.property('message')
                .that.contains('deadline must be a number of milliseconds');
        });
    }

    for (const patience of [NaN, -1, 501, '5', null]) {
        it(`is refused: ${inspect(patience)} as patience`, async () => {
            const engine = new Engine([[], 500, patience]);

            expect(await rejection(engine.cleanUp()))
                .to.be.an.instanceOf(TypeError)
                .with.property('message')
                .that.contains('patience must be a number of milliseconds from 0 to the deadline');
        });
    }
});
