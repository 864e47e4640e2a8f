import { expect } from 'chai';
import { MemoryExecutor } from 'screwdriver-executor-base/testing';
import { BROKEN } from './broken';
import { collect, everythingOn, failures, type Registered } from './kit';
import type { BrokenExecutor } from './broken/broken-executor';

/** Long enough for a busy machine. Only the executors that hang take this long. */
const LIMITS = { startTimeout: 4_000, callTimeout: 4_000 };
/** How many checks run at once. With more, they would wait for each other beyond their limits. */
const SIDE_BY_SIDE = 8;

describe('an executor that breaks one rule', function () {
    this.timeout(600_000);
    const failed = new Map<BrokenExecutor, Map<string, string>>(BROKEN.map(broken => [broken, new Map()]));

    before(async () => {
        const all = BROKEN.flatMap(broken => checksOf(broken).map(check => ({ broken, check })));
        const isShutdown = ({ check }: { check: Registered }) => check.group === 'shutdown';

        async function runAll(queue: Iterable<(typeof all)[number]>): Promise<void> {
            for (const { broken, check } of queue) {
                for (const [title, message] of await failures([check])) failed.get(broken)?.set(title, message);
            }
        }

        // What is left in the process can only be seen while nothing else runs in it.
        await runAll(all.filter(isShutdown));
        const queue = all.filter(task => !isShutdown(task)).values();

        await Promise.all(Array.from({ length: SIDE_BY_SIDE }, () => runAll(queue)));
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

    it('exists for every check', () => {
        const broken = new Set(BROKEN.map(([title]) => title));
        const behaviours = (['rejects', 'joins'] as const).flatMap(duplicateStart =>
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
