import { expect } from 'chai';
import { OPERATIONS } from 'screwdriver-executor-base';
import { textOf } from '../support/markdown';
import { ERROR_CODES } from '../../dist/errors/executor-error';
import { ERROR_KINDS } from '../../dist/errors/kinds';
import { STATUSES } from '../../dist/errors/statuses';

/** The code in the first cells of all table rows, in order. */
function rows(document: string, pattern: RegExp): string[] {
    return [...textOf(document).matchAll(/^\| ([^|]+) \|/gm)]
        .flatMap(([, cell]) => [...cell!.matchAll(/`([^`]+)`/g)].map(([, word]) => word!))
        .flatMap(word => pattern.exec(word)?.[1] ?? []);
}

/** Asserts that a page has each word once, and no others. */
function expectOnce(told: string[], expected: readonly string[]): void {
    const missing = expected.filter(word => !told.includes(word));
    const needless = told.filter((word, at) => !expected.includes(word) || told.indexOf(word) !== at);

    expect({ missing, needless }).to.deep.equal({ missing: [], needless: [] });
}

const CODE = /^(EXECUTOR_\w+)$/;
const OF_THE_EXCHANGE = ERROR_CODES.filter(code => code.startsWith('EXECUTOR_EXCHANGE_'));

describe('the tables of the documents', () => {
    it('docs/errors.md has every code once, with its meaning', () => {
        expectOnce(rows('docs/errors.md', CODE), ERROR_CODES);
    });

    it('docs/token-exchange.md has every code of the exchange, and none twice', () => {
        const codes = rows('docs/token-exchange.md', CODE);
        const others = ERROR_CODES.filter(code => !OF_THE_EXCHANGE.includes(code) && codes.includes(code));

        expectOnce(codes, [...OF_THE_EXCHANGE, ...others]);
    });

    it('docs/errors.md has every kind once', () => {
        expectOnce(rows('docs/errors.md', /^([a-z]+)$/), ERROR_KINDS);
    });

    it('docs/errors.md agrees with the code about each HTTP status', () => {
        const expected = STATUSES.filter(([statuses]) => !/^[123]xx/.test(statuses)).map(
            ([statuses, code, kind, retryable]) =>
                `| ${statuses.replace(/^\dxx$/, 'any other $&')} | \`${kind}\` | ${retryable ? 'yes' : 'no'} | \`${code}\` |`
        );

        expect(textOf('docs/errors.md').match(/^\| (\d|any other).*$/gm)).to.deep.equal(expected);
    });

    it('README.md has every method once, docs/hooks.md every hook', () => {
        const methods = rows('README.md', /^([a-z]\w+)\(.*\)$/);

        // These are synchronous.
        expectOnce(
            methods.filter(name => !['stats', 'supports'].includes(name)),
            OPERATIONS
        );
        expectOnce(rows('docs/hooks.md', /^_(\w+)(?:\(.*\))?$/), OPERATIONS);
    });

    it('docs/diagnostics.md has rows only for existing channels', () => {
        const channels = rows('docs/diagnostics.md', /^screwdriver-executor\.(\w+)$/);

        expect([...OPERATIONS, 'exchangeTokenForBuild', 'reportFailure', 'waitUntil']).to.include.members(channels);
        expect(channels).to.not.have.lengthOf(0);
    });

    it('docs/engines.md has the totals of docs/published-executors.md', () => {
        const [names, totals] = [/^\| {2}\| (.+) \|$/m, /^\| Rules kept \| (.+) \|$/m].map(row =>
            row.exec(textOf('docs/published-executors.md'))![1]!.split(' | ')
        );
        const told = textOf('docs/engines.md').matchAll(
            /screwdriver-executor-(\S+)`.*\[(.+)\]\(published-executors\.md\)/g
        );

        expect([...told].map(([, name, total]) => [name, total])).to.have.deep.members(
            names!.map((name, index) => [name, totals![index]])
        );
    });
});
