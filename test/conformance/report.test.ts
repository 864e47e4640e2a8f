import { runInNewContext } from 'node:vm';
import { expect } from 'chai';
import { MemoryExecutor } from 'screwdriver-executor-base/testing';
import type { Operation } from 'screwdriver-executor-base';
import { errorOf } from './kit';

const STOP = 'stop of a running build resolves';
const OWN = '    at MyExecutor._stop (/home/me/executor.js:7:11)';

/** The report on an executor whose stop rejects with this. */
async function reportOn(error: unknown): Promise<Error> {
    class Failing extends MemoryExecutor {
        protected override _stop(): Promise<void> {
            return Promise.reject(error);
        }
    }

    return (await errorOf(STOP, { factory: () => new Failing() }))!;
}

describe('the report of a failed check', () => {
    it('has four parts, and the line of code that made the error', async () => {
        const { name, message, stack } = await reportOn(new Error('no such container'));

        expect(name).to.equal('Error');
        expect(message).to.equal(
            [
                STOP,
                '  What happened: stop rejected with Error: no such container',
                '  Why: a stop that rejects leaves the build running, and its caller is told that the stop failed',
                '  What to change: resolve from _stop once the build has ended'
            ].join('\n')
        );
        expect(stack!.split('\n').slice(0, 4).join('\n')).to.equal(`Error: ${message}`);
        expect(stack!.split('\n').slice(4).join('\n')).to.match(/^ {4}at .+report\.test\.ts:\d+:\d+\)?$/);
    });

    it("leaves out lines of Node, of packages and of the kit's own package", async () => {
        const stack = [
            'Error: gone',
            '    at request (node:_http_client:1:1)',
            '    at send (/home/me/node_modules/client/index.js:1:1)',
            `    at Executor.stop (${require.resolve('screwdriver-executor-base/testing')}:1:1)`,
            '    at no position',
            OWN,
            '    at later (/home/me/executor.js:9:9)'
        ];
        const report = await reportOn(Object.assign(new Error('gone'), { stack: stack.join('\n') }));

        expect(report.stack).to.equal(`Error: ${report.message}\n${OWN}`);
    });

    it('accepts an error of another realm, and a line of code outside a function', async () => {
        const error = runInNewContext('new Error("gone")') as Error;
        const line = '    at /home/me/executor.js:7:11';
        const report = await reportOn(Object.assign(error, { stack: `Error: see at /home/me:1:1\n${line}` }));

        expect(report.message).to.include('What happened: stop rejected with Error: gone\n');
        expect(report.stack).to.equal(`Error: ${report.message}\n${line}`);
    });

    it('has no line of code if the error has none', async () => {
        for (const stack of [undefined, '', `Error: gone\n\n${OWN} and more`]) {
            const report = await reportOn(Object.assign(new Error('gone'), { stack }));

            expect(report.stack).to.equal(`Error: ${report.message}`);
        }
    });

    it('has the line of the error that it quotes, not of an earlier one, and shows no token', async () => {
        const errors = ['an earlier one', 'the token eyJhbGciOiJub25lIn0.eyJhIjoxfQ.c2lnbmF0dXJl'].map((text, index) =>
            Object.assign(new Error(text), { stack: `Error\n    at f (/home/me/${index}.js:1:1)` })
        );

        class FailsTwice extends MemoryExecutor {
            protected override _stop(): Promise<void> {
                return Promise.reject(errors.shift() ?? new Error('a later one'));
            }
        }
        const { message, stack } = (await errorOf('stop of a stopped build resolves', {
            factory: () => new FailsTwice()
        }))!;

        expect(message).to.include('rejected with Error: the token ').and.not.include('eyJhIjoxfQ');
        expect(stack).to.equal(`Error: ${message}\n    at f (/home/me/1.js:1:1)`);
    });

    it('has the line of a function among the options that throws', async () => {
        const { message, stack } = (await errorOf(STOP, {
            factory: () => {
                throw Object.assign(new Error('no engine'), { stack: `Error\n${OWN}` });
            }
        }))!;

        expect(message).to.match(/^Wrong option of the kit: factory\n/);
        expect(stack).to.equal(`Error: ${message}\n${OWN}`);
    });

    it('quotes an error that the kit does not expect', async () => {
        class Surprising extends MemoryExecutor {
            override supports(operation: Operation): boolean {
                if (super.supports(operation)) return true;
                throw Object.assign(new Error('supports is broken'), { stack: `Error\n${OWN}` });
            }
        }
        const { message, stack } = (await errorOf('supports returns false for an unknown operation', {
            factory: () => new Surprising()
        }))!;

        expect(message).to.include('\n  What happened: Error: supports is broken\n');
        expect(stack).to.equal(`Error: ${message}\n${OWN}`);
    });

    it('shortens what it quotes, and keeps it on one line', async () => {
        expect((await reportOn(new Error(`a\n\n  b ${'x'.repeat(500)}`))).message).to.include(
            `What happened: stop rejected with Error: a b ${'x'.repeat(400 - 'Error: a b '.length)} …\n`
        );
        expect((await reportOn('y'.repeat(250))).message).to.include(`'${'y'.repeat(200)}'... 50 more characters\n`);
        expect((await reportOn({ a: { b: { c: { d: 1 } } } })).message).to.include('{ a: { b: { c: [Object] } } }\n');
    });
});
