import { expect } from 'chai';
import type { ErrorCode, ErrorKind, Operation } from 'screwdriver-executor-base';
import { textOf } from '../support/markdown';
import { ERROR_KINDS } from '../../dist/errors/kinds';
import { OPERATIONS } from '../../dist/operations/names';

/** A code that is missing here, or that the union has no more, does not compile. */
const CODES: Record<ErrorCode, true> = {
    EXECUTOR_NOT_IMPLEMENTED: true,
    EXECUTOR_BUILD_TIMEOUT: true,
    EXECUTOR_TOKEN_SCOPE: true,
    EXECUTOR_TOKEN_UNKNOWN: true,
    EXECUTOR_EXCHANGE_NETWORK: true,
    EXECUTOR_EXCHANGE_TLS: true,
    EXECUTOR_EXCHANGE_TIMEOUT: true,
    EXECUTOR_EXCHANGE_ABORTED: true,
    EXECUTOR_EXCHANGE_UNAUTHENTICATED: true,
    EXECUTOR_EXCHANGE_FORBIDDEN: true,
    EXECUTOR_EXCHANGE_NOT_FOUND: true,
    EXECUTOR_EXCHANGE_RATE_LIMITED: true,
    EXECUTOR_EXCHANGE_REJECTED: true,
    EXECUTOR_EXCHANGE_REDIRECT: true,
    EXECUTOR_EXCHANGE_SERVER: true,
    EXECUTOR_EXCHANGE_ANSWER: true,
    EXECUTOR_SHUTDOWN: true,
    EXECUTOR_SHUTDOWN_TIMEOUT: true
};

/** The words in code that begin the rows of the tables. */
function rows(document: string, pattern: RegExp): string[] {
    return [...textOf(document).matchAll(/^\| `(\w+)` \|/gm)]
        .map(([, code]) => code!)
        .filter(code => pattern.test(code));
}

describe('the documents tell of', () => {
    it('every code, once, with its meaning', () => {
        expect(rows('docs/errors.md', /^EXECUTOR_/)).to.have.members(Object.keys(CODES));
    });

    it('every code of the exchange, once, where errors.md links to', () => {
        const codes = rows('docs/token-exchange.md', /^EXECUTOR_/);

        expect(codes).to.include.members(Object.keys(CODES).filter(code => code.startsWith('EXECUTOR_EXCHANGE_')));
        expect(new Set(codes).size).to.equal(codes.length);
    });

    it('every kind, once', () => {
        const kinds: readonly ErrorKind[] = ERROR_KINDS;

        expect(rows('docs/errors.md', /^[a-z]/)).to.have.members([...kinds]);
    });

    it('the channel of every operation, in a heading', () => {
        const operations: ReadonlyArray<Operation | 'exchangeTokenForBuild'> = [...OPERATIONS, 'exchangeTokenForBuild'];
        const headings = textOf('docs/diagnostics.md')
            .split('\n')
            .filter(line => line.startsWith('### '));
        const channels = [...headings.join('\n').matchAll(/`([^`]+)`/g)].map(([, name]) => name);

        expect(channels).to.have.members(operations.map(name => `screwdriver-executor.${name}`));
    });
});
