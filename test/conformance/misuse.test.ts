import { expect } from 'chai';
import { MemoryExecutor } from 'screwdriver-executor-base/testing';
import { collect, down, everythingOn, failures, slow, type Told } from './kit';

const STOP = 'stop of a running build resolves';
const RUNNING = 'a stopped build leaves nothing running on the engine';
const DOWN = 'start rejects with a classified Error when the engine is down';
const SLOW = 'start rejects with a classified Error in time when the engine does not answer';
const AWAY = () => Promise.reject(new Error('no engine'));
const timeouts = { startTimeout: 3_000, callTimeout: 3_000 };

/** The wrong options, the check that meets them, the option's name and what the report quotes. */
const WRONG: Array<[told: unknown, title: string, option: string, quoted: string]> = [
    [{ factory: AWAY }, STOP, 'factory', 'factory rejected with Error: no engine'],
    [{ factory: () => undefined }, STOP, 'factory', 'factory resolved undefined'],
    [{ factory: () => ({}) }, STOP, 'factory', 'factory resolved {}'],
    [{ engineDown: AWAY }, DOWN, 'engineDown', 'engineDown rejected with Error: no engine'],
    [{ engineSlow: AWAY }, SLOW, 'engineSlow', 'engineSlow rejected with Error: no engine'],
    [
        { second: AWAY },
        'a second instance stops a build that the first one started, or says that it cannot',
        'second',
        'second rejected with Error: no engine'
    ],
    [{ observe: { running: AWAY } }, RUNNING, 'observe.running', 'observe.running rejected with Error: no engine'],
    [{ observe: { running: () => 1 } }, RUNNING, 'observe.running', 'observe.running resolved 1'],
    [
        { observe: { args: AWAY } },
        'the arguments that the engine gets do not show the token',
        'observe.args',
        'observe.args rejected with Error: no engine'
    ],
    [
        { annotations: { cpu: { value: 'LOW', honoured: AWAY } } },
        'the annotation cpu is honoured',
        'annotations.cpu.honoured',
        'annotations.cpu.honoured rejected with Error: no engine'
    ],
    [
        { annotations: { cpu: { value: 'LOW', honoured: () => 'LOW' } } },
        'the annotation cpu is honoured',
        'annotations.cpu.honoured',
        "annotations.cpu.honoured resolved 'LOW'"
    ],
    [
        { engineDown: () => new MemoryExecutor() },
        DOWN,
        'engineDown',
        'start resolved true, and its engine takes builds'
    ],
    [
        { engineSlow: () => new MemoryExecutor() },
        SLOW,
        'engineSlow',
        'start resolved true, and its engine takes builds'
    ],
    [
        { engineDown: () => new MemoryExecutor(), observe: everythingOn(MemoryExecutor).observe },
        DOWN,
        'engineDown',
        'start resolved true, and its engine takes builds'
    ],
    [
        { engineDown: () => new MemoryExecutor() },
        'stop rejects with an Error when the engine is down',
        'engineDown',
        'stop resolved undefined, and its engine takes builds'
    ]
];

async function reports(told: unknown, title: string): Promise<string[]> {
    const checks = collect<MemoryExecutor>({ factory: () => new MemoryExecutor(), ...timeouts, ...(told as Told) });

    return [...(await failures(checks.filter(check => check.title === title))).values()];
}

describe('a wrong option of the kit', () => {
    for (const [told, title, option, quoted] of WRONG) {
        it(`is reported with what it did, instead of a rule: ${quoted} in "${title}"`, async () => {
            const [report = ''] = await reports(told, title);
            const [first, happened, why, change] = report.split('\n');

            expect(first).to.equal(`Wrong option of the kit: ${option}`);
            expect(happened).to.equal(`  What happened: ${quoted}`);
            expect(why).to.match(new RegExp(`^  Why: ${option} must .+; the rule itself was not checked$`));
            expect(change).to.equal(`  What to change: the option ${option} of the kit, not the executor`);
        });
    }

    it('that hangs is waited for once', async () => {
        const running = () => new Promise<never>(() => {});
        const told = { factory: () => new MemoryExecutor(), observe: { running }, ...timeouts };
        const checks = collect<MemoryExecutor>(told).filter(({ title }) =>
            [RUNNING, 'a started build runs on the engine'].includes(title)
        );
        const found: string[] = [];

        for (const check of checks) found.push(...(await failures([check])).values());
        expect(found).to.have.length(2);
        expect(found[0]).to.match(/^Wrong option of the kit: observe.running\n/);
        expect(found[1]).to.equal('Not tried: the option observe.running of the kit did not settle earlier');
    });

    it('is not blamed if the engine is down or slow and the executor hides it', async () => {
        class Careless extends MemoryExecutor {
            protected override _start(): Promise<boolean> {
                return Promise.resolve(true);
            }
        }
        const observe = everythingOn(MemoryExecutor).observe;

        for (const told of [{}, { observe }]) {
            const [report] = await reports({ ...told, engineDown: () => down(Careless) }, DOWN);

            expect(report).to.match(
                /^start rejects with a classified Error .+\n {2}What happened: start resolved true\n/
            );
        }
        expect((await reports({ engineSlow: () => slow(Careless) }, SLOW))[0]).to.include(
            'What happened: start resolved true\n'
        );
    });
});
