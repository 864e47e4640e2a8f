import { expect } from 'chai';
import { OPERATIONS } from 'screwdriver-executor-base';
import { textOf } from '../support/markdown';
import { ERROR_CODES } from '../../dist/errors/executor-error';
import { ERROR_KINDS } from '../../dist/errors/kinds';

/** The words in code that stand in the first cells of the tables' rows, one row after the other. */
function rows(document: string, pattern: RegExp): string[] {
    return [...textOf(document).matchAll(/^\| ([^|]+) \|/gm)]
        .flatMap(([, cell]) => [...cell!.matchAll(/`([^`]+)`/g)].map(([, word]) => word!))
        .flatMap(word => pattern.exec(word)?.[1] ?? []);
}

const CODE = /^(EXECUTOR_\w+)$/;
const OF_THE_EXCHANGE = ERROR_CODES.filter(code => code.startsWith('EXECUTOR_EXCHANGE_'));

describe('the tables of the documents', () => {
    it('README.md has every code once, those of the exchange in one row', () => {
        const others = ERROR_CODES.filter(code => !OF_THE_EXCHANGE.includes(code));

        expect(rows('README.md', CODE)).to.have.members(others);
        expect(rows('README.md', /^(EXECUTOR_\w+_…)$/)).to.deep.equal(['EXECUTOR_EXCHANGE_…']);
    });

    it('docs/errors.md has every code once, with its meaning', () => {
        expect(rows('docs/errors.md', CODE)).to.have.members(ERROR_CODES);
    });

    it('docs/token-exchange.md has every code of the exchange, and none twice', () => {
        const codes = rows('docs/token-exchange.md', CODE);

        expect(codes).to.include.members(OF_THE_EXCHANGE);
        expect(new Set(codes).size).to.equal(codes.length);
    });

    it('docs/errors.md has every kind once', () => {
        expect(rows('docs/errors.md', /^([a-z]+)$/)).to.have.members(ERROR_KINDS);
    });

    it('README.md has every operation once among the methods, and its hook once among the hooks', () => {
        expect(rows('README.md', /^([a-z]\w+)\(.*\)$/)).to.include.members(OPERATIONS);
        expect(rows('README.md', /^_(\w+)(?:\(.*\))?$/)).to.have.members(OPERATIONS);
    });

    it('docs/diagnostics.md has rows for channels that are there', () => {
        const channels = rows('docs/diagnostics.md', /^screwdriver-executor\.(\w+)$/);

        expect([...OPERATIONS, 'exchangeTokenForBuild']).to.include.members(channels);
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
