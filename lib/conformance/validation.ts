import { inspect } from 'node:util';
import { freshBuildId } from '../testing/configs';
import { violation } from './finding';
import { group, type Check } from './group';
import { isError, words } from './outcome';
import type { Testbed } from './testbed';

type Validated = 'start' | 'stop' | 'verify' | 'status';

const OPERATIONS: Validated[] = ['start', 'stop', 'verify', 'status'];

function checksOf(operation: Validated): Check[] {
    return [
        {
            title: `${operation} rejects a config without a buildId and does not call its hook`,
            why: 'hooks rely on a validated config, and callers on a ValidationError that says what is wrong',
            fix: `implement _${operation}, and leave ${operation} to the base`,
            async run(testbed) {
                const seen = spyOn(testbed, operation);
                const outcome = await testbed.call(operation, withoutId(testbed, operation));

                if (seen.length > 0) throw violation(`_${operation} was called`);
                if (outcome.resolved || !isError(outcome.error) || outcome.error.name !== 'ValidationError') {
                    throw violation(`${operation} ${words(outcome)}`);
                }
            }
        },
        {
            title: `${operation} passes the same config object to its hook`,
            why: 'config.build is a model with methods, and config.tokenGen is a function: a copy may lose them',
            fix: `implement _${operation}, and leave ${operation} to the base`,
            async run(testbed) {
                const config = testbed.configFor(operation, freshBuildId());
                const seen = spyOn(testbed, operation);

                await testbed.call(operation, config);
                if (seen.length !== 1) throw violation(`_${operation} was called ${seen.length} times`);
                if (seen[0] !== config) throw violation(`_${operation} got a different object`);
            }
        },
        {
            title: `${operation} does not change its config`,
            why: 'the config belongs to the caller, who may use it again for a retry or for stop',
            fix: `in _${operation}, change a copy, { ...config, … }, not the config`,
            async run(testbed) {
                const config = testbed.configFor(operation, freshBuildId());
                const before = picture(config);

                await testbed.call(operation, config);
                if (picture(config) !== before) throw violation(`${operation} has changed its config`);
            }
        }
    ];
}

/** A complete config without the buildId. */
function withoutId(testbed: Testbed, operation: Validated): { [key: string]: unknown } {
    const { buildId, ...config } = testbed.configFor(operation, freshBuildId());

    void buildId;

    return config;
}

/** Puts a hook on the instance that records its config: hooks are looked up at call time. */
function spyOn({ executor }: Testbed, operation: Validated): unknown[] {
    const seen: unknown[] = [];

    Object.defineProperty(executor, `_${operation}`, {
        value: (config: unknown) => {
            seen.push(config);

            return Promise.resolve('');
        },
        configurable: true
    });

    return seen;
}

function picture(config: object): string {
    return inspect(config, { depth: Infinity, showHidden: true });
}

/** What reaches a hook. */
export const validation = group('validation', () => OPERATIONS.flatMap(checksOf));
