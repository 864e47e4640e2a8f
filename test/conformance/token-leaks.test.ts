import { expect } from 'chai';
import { MemoryExecutor } from 'screwdriver-executor-base/testing';
import type { StartConfig } from 'screwdriver-executor-base';
import { everythingOn, happened, type Told } from './kit';

const REFUSED = 'the error of a refused exchange does not show the token';
const REPORT = 'the error of start shows the token or a part of it';

/** What rejects or is observed, made from a config. Each shows its token in one place. */
const LEAKS: Record<string, (token: string) => unknown> = {
    'a message': token => new Error(`401 for ${token}`),
    'a part of it in a message': token => new Error(`401 for ${token.slice(0, 60)}`),
    'a stack': token => Object.assign(new Error('gone'), { stack: `Error: gone\n    at f (/${token}.js:1:1)` }),
    'a text instead of an error': token => `401 for ${token}`,
    'a property that is not enumerable': token =>
        Object.defineProperty(new Error('gone'), 'config', { value: { token } }),
    'a deep property': token => Object.assign(new Error('gone'), { a: { b: { c: { d: { e: { token } } } } } }),
    'the end of a long list': token => Object.assign(new Error('gone'), { all: [...Array(300).fill(0), token] }),
    'the end of a long text': token => Object.assign(new Error('gone'), { body: `${' '.repeat(20_000)}${token}` }),
    'a map': token => Object.assign(new Error('gone'), { headers: new Map([['authorization', token]]) }),
    'a cause': token => new Error('gone', { cause: new Error(token) }),
    'its JSON alone': token => {
        class Hidden extends Error {
            readonly #token = token;

            toJSON() {
                return { token: this.#token };
            }
        }

        return new Hidden('gone');
    },
    'an error that JSON cannot represent': token => {
        const error = new Error('gone');

        return Object.assign(error, { self: error, token });
    }
};

const HARMLESS: Record<string, () => unknown> = {
    'an error': () => new Error('gone'),
    nothing: () => undefined,
    'an error that JSON cannot represent': () => {
        const error = new Error('gone');

        return Object.assign(error, { self: error });
    }
};

/** An executor whose start rejects with what is made from the token. */
function rejecting(make: (token: string) => unknown): Told {
    class Rejecting extends MemoryExecutor {
        protected override _start({ token }: StartConfig): Promise<boolean> {
            return Promise.reject(make(token));
        }
    }

    return { factory: () => new Rejecting() };
}

describe('a token', () => {
    for (const [where, make] of Object.entries(LEAKS)) {
        it(`is found in ${where}`, async () => {
            expect(await happened(REFUSED, rejecting(make))).to.equal(REPORT);
        });
    }

    for (const [what, make] of Object.entries(HARMLESS)) {
        it(`is not found in ${what}`, async () => {
            expect(await happened(REFUSED, rejecting(make))).to.equal(undefined);
        });
    }

    it('is found in the answers of each operation', async () => {
        for (const operation of ['verify', 'status'] as const) {
            class Telling extends MemoryExecutor {}
            Object.defineProperty(Telling.prototype, `_${operation}`, {
                value: ({ token }: StartConfig) => `running with ${token}`
            });

            expect(
                await happened('status and verify do not show the token', { factory: () => new Telling() })
            ).to.equal(`the answer of ${operation} shows the token or a part of it`);
        }
        for (const operation of ['start', 'stop', 'verify', 'status'] as const) {
            class Quoting extends MemoryExecutor {}
            Object.defineProperty(Quoting.prototype, operation, {
                value: (config: StartConfig) =>
                    config.buildId === 'none' ? Promise.reject(new Error(`Invalid: ${config.token}`)) : undefined
            });

            expect(
                await happened('a ValidationError does not show the token', { factory: () => new Quoting() })
            ).to.equal(`the error of ${operation} shows the token or a part of it`);
        }
    });

    it('is found in the log of each operation', async () => {
        for (const operation of ['start', 'verify', 'status', 'stop'] as const) {
            const lines: string[] = [];

            class Logging extends MemoryExecutor {}
            Object.defineProperty(Logging.prototype, operation, {
                value(this: Logging, config: StartConfig) {
                    lines.push(config.token);

                    return MemoryExecutor.prototype[operation].call(this, config);
                }
            });

            expect(
                await happened('the log does not show the token', {
                    factory: () => new Logging(),
                    observe: { ...everythingOn(MemoryExecutor).observe, logs: () => lines }
                }),
                operation
            ).to.equal('observe.logs shows the token or a part of it');
        }
    });

    it('is found in the log of a refused start', async () => {
        const lines: string[] = [];

        class Logging extends MemoryExecutor {
            protected override _start(config: StartConfig): Promise<boolean> {
                return super._start(config).catch((error: Error) => {
                    lines.push(config.token);
                    throw error;
                });
            }
        }

        expect(
            await happened('the log does not show the token', {
                factory: () => new Logging(),
                observe: { logs: () => lines }
            })
        ).to.equal('observe.logs shows the token or a part of it');
    });
});
