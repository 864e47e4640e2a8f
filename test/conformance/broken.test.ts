import { expect } from 'chai';
import { MemoryExecutor } from 'screwdriver-executor-base/testing';
import { BROKEN } from './broken';
import { collect, everythingOn, failures, type Registered } from './kit';
import type { BrokenExecutor } from './broken/broken-executor';

/** Long enough for a busy machine: only the executors that hang wait for it. */
const LIMITS = { startTimeout: 4_000, callTimeout: 4_000 };
/** How many executors are tried at once. */
const SIDE_BY_SIDE = 6;

describe('an executor that breaks one rule', function () {
    this.timeout(300_000);
    const failed = new Map<BrokenExecutor, Map<string, string>>();

    before(async () => {
        const tries = BROKEN.map(broken => ({ broken, checks: checksOf(broken) }));

        // What is left in the process can only be seen while nothing else happens in it.
        for (const { broken, checks } of tries) {
            failed.set(broken, await inTurn(checks.filter(({ group }) => group === 'shutdown')));
        }
        const queue = tries[Symbol.iterator]();

        await Promise.all(
            Array.from({ length: SIDE_BY_SIDE }, async () => {
                for (const { broken, checks } of queue) {
                    const more = await failures(checks.filter(({ group }) => group !== 'shutdown'));

                    for (const [title, message] of more) failed.get(broken)?.set(title, message);
                }
            })
        );
    });

    for (const broken of BROKEN) {
        const [title, Class, told] = broken;
        const name = told ? `${Class.name} with ${Object.keys(told).join()}` : Class.name;

        it(`fails one check, and is told why: "${title}", broken by ${name}`, () => {
            const found = failed.get(broken) ?? new Map<string, string>();

            expect([...found.keys()], [...found.values()].join('\n')).to.deep.equal([title]);
            expect(found.get(title)).to.match(/^.+\n {2}What happened: .+[^]*\n {2}Why: .+\n {2}What to change: .+$/);
        });
    }

    it('is there for every check', () => {
        const broken = new Set(BROKEN.map(([title]) => title));
        const behaviours = (['either', 'rejects', 'joins'] as const).flatMap(duplicateStart =>
            collect({ ...everythingOn(MemoryExecutor), duplicateStart })
        );
        const titles = behaviours
            .map(({ title }) => title)
            .filter(title => title !== 'the annotation timeout is honoured');

        expect(titles.filter(title => !broken.has(title))).to.deep.equal([]);
    });
});

function checksOf([, Class, told]: BrokenExecutor): Registered[] {
    return collect({ ...everythingOn(Class), ...LIMITS, ...told });
}

async function inTurn(checks: Registered[]): Promise<Map<string, string>> {
    const failed = new Map<string, string>();

    for (const check of checks) {
        for (const [title, message] of await failures([check])) failed.set(title, message);
    }

    return failed;
}
