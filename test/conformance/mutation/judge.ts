import { MemoryExecutor } from 'screwdriver-executor-base/testing';
import { BROKEN } from '../broken';
import { collect, everythingOn, failures } from '../kit';
import { shutdown } from '../broken/shutdown';
import type { BrokenExecutor } from '../broken/broken-executor';

/** One mutated kit: exits with 0 if nothing shows that it differs, with 1 at the first thing that does. */
const LIMITS = { startTimeout: 3_000, callTimeout: 3_000 };
/** How many broken executors are tried at once: more, and they would wait for each other. */
const SIDE_BY_SIDE = 12;
const groups = process.argv[2]!.split(',');

async function judge(): Promise<void> {
    const right = collect({ ...everythingOn(MemoryExecutor), ...LIMITS }).filter(isAsked);

    for (const check of right) expectSame([], [...(await failures([check])).keys()]);
    const titles = new Set(right.map(({ title }) => title));

    // What is left in the process can only be seen while nothing else happens in it.
    await judgeBroken(shutdown, titles);
    const queue = BROKEN.filter(broken => !shutdown.includes(broken)).values();

    await Promise.all(Array.from({ length: SIDE_BY_SIDE }, () => judgeBroken(queue, titles)));
}

async function judgeBroken(queue: Iterable<BrokenExecutor>, titles: Set<string>): Promise<void> {
    for (const [title, Class, told] of queue) {
        const checks = collect({ ...everythingOn(Class), ...LIMITS, ...told }).filter(isAsked);
        const own = checks.filter(check => check.title === title);

        if (own.length === 0 || (!titles.has(title) && told?.duplicateStart === undefined)) continue;
        expectSame([title], [...(await failures(own)).keys()]);
    }
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
