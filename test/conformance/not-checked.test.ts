import { expect } from 'chai';
import { conformance } from 'screwdriver-executor-base/conformance';
import { MemoryExecutor } from 'screwdriver-executor-base/testing';
import { everythingOn, type Told } from './kit';

const MISSING = [
    ['lifecycle', 'observe.running'],
    ['idempotency', 'observe.running'],
    ['isolation', 'second'],
    ['isolation', 'observe.running'],
    ['failure', 'engineDown'],
    ['failure', 'engineSlow'],
    ['secrets', 'engineDown'],
    ['secrets', 'observe.args'],
    ['secrets', 'observe.logs'],
    ['annotations', 'annotations'],
    ['shutdown', 'observe.running']
];

interface Entry {
    group: string;
    title: string;
    isSkipped: boolean;
    body: () => Promise<void>;
}

/** The entries for what is not checked, in a runner that can skip or in one that cannot. */
function entries(told: Told, canSkip: boolean): Entry[] {
    const found: Entry[] = [];
    let group = '';
    const register = (isSkipped: boolean) => (title: string, body: () => Promise<void>) => {
        if (title.startsWith('not checked: ')) found.push({ group, title, isSkipped, body });
    };

    conformance<MemoryExecutor>({
        factory: () => new MemoryExecutor(),
        ...told,
        describe(title, body) {
            group = title;
            body();
        },
        it: canSkip ? Object.assign(register(false), { skip: register(true) }) : register(false)
    });

    return found;
}

function named(found: Entry[]): Array<[string, string | undefined]> {
    return found.map(({ group, title }) => [group, /^not checked: .+ \((\S+) is not given\)$/.exec(title)?.[1]]);
}

describe('what the kit cannot check', () => {
    it('is skipped, once for each group and option, with the name of the option and what is not checked', () => {
        const found = entries({}, true);

        expect(named(found)).to.deep.equal(MISSING);
        expect(found.every(({ isSkipped }) => isSkipped)).to.equal(true);
    });

    it('is told by each function of observe', () => {
        expect(named(entries({ observe: { running: () => [] } }, true))).to.deep.equal(
            MISSING.filter(([, option]) => option !== 'observe.running')
        );
    });

    it('passes if the runner cannot skip', async () => {
        const found = entries({}, false);

        expect(named(found)).to.deep.equal(MISSING);
        await Promise.all(found.map(({ body }) => body()));
    });

    it('is nothing if every option is given or is "none"', () => {
        const all = everythingOn(MemoryExecutor);

        expect(entries({ ...all, complete: true }, true)).to.deep.equal([]);
        expect(entries({ ...all, engineDown: 'none', engineSlow: 'none', complete: true }, true)).to.deep.equal([]);
    });

    it('fails with complete: true', async () => {
        const found = entries({ complete: true }, true);

        expect(named(found)).to.deep.equal(MISSING);
        for (const { title, isSkipped, body } of found) {
            const report = await body().then(
                () => '',
                (error: Error) => error.message
            );
            const [first, happened, why, change] = report.split('\n');
            const option = /\((\S+) is not given\)$/.exec(title)?.[1];

            expect(isSkipped).to.equal(false);
            expect(first).to.equal(title);
            expect(happened).to.equal(`  What happened: ${option} is not given`);
            expect(why).to.equal('  Why: complete: true requires every check of the kit');
            expect(change).to.equal(`  What to change: pass ${option}, or remove complete`);
        }
    });
});
