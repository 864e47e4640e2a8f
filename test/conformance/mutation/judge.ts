import { MemoryExecutor } from 'screwdriver-executor-base/testing';
import { BROKEN } from '../broken';
import { collect, everythingOn, failures } from '../kit';

/** One mutated kit: exits with 0 if nothing shows that it differs, with 1 at the first thing that does. */
const LIMITS = { startTimeout: 1_500, callTimeout: 1_500 };
const groups = process.argv[2]!.split(',');

async function judge(): Promise<void> {
    const right = collect({ ...everythingOn(MemoryExecutor), ...LIMITS }).filter(isAsked);

    for (const check of right) expectSame([], [...(await failures([check])).keys()]);
    const titles = new Set(right.map(({ title }) => title));

    await Promise.all(
        BROKEN.map(async ([title, Class, told]) => {
            const checks = collect({ ...everythingOn(Class), ...LIMITS, ...told }).filter(isAsked);
            const own = checks.filter(check => check.title === title);

            if (own.length === 0 || (!titles.has(title) && told?.duplicateStart === undefined)) return;
            expectSame([title], [...(await failures(own)).keys()]);
        })
    );
}

function isAsked({ group }: { group: string }): boolean {
    return groups.includes(group) || groups.includes('all');
}

function expectSame(expected: string[], found: string[]): void {
    if (expected.join() === found.join()) return;
    console.log(`expected [${expected.join()}], found [${found.join()}]`);
    process.exit(1);
}

judge().then(
    () => process.exit(0),
    error => {
        console.log(error);
        process.exit(1);
    }
);
