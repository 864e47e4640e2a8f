import { expect } from 'chai';
import { conformance, lifecycle } from 'screwdriver-executor-base/conformance';
import { MemoryExecutor } from 'screwdriver-executor-base/testing';
import type { StartConfig } from 'screwdriver-executor-base';
import { collect, everythingOn, failures, type Told } from './kit';

const needed = { describe: () => {}, it: () => {}, factory: () => new MemoryExecutor() };

const REFUSED: Array<[given: unknown, says: string]> = [
    [undefined, '"options" is required'],
    [null, '"options" must be of type object'],
    [12, '"options" must be of type object'],
    [{}, '"describe" is missing: pass your runner\'s describe and it, and a factory for your executor'],
    [{ ...needed, it: undefined }, '"it" is missing'],
    [{ ...needed, factory: MemoryExecutor.name }, '"factory" must be of type function'],
    [
        { ...needed, factry: needed.factory },
        '"factry" is not an option; the options are describe, it, factory, second,'
    ],
    [
        { ...needed, observe: { runing: () => [] } },
        '"observe.runing" is not an option; the options are running, args, logs'
    ],
    [{ ...needed, observe: { running: [] } }, '"observe.running" must be of type function'],
    [{ ...needed, startTimeout: '10' }, '"startTimeout" must be a number of milliseconds above zero'],
    [{ ...needed, callTimeout: -1 }, '"callTimeout" must be a number of milliseconds above zero'],
    [{ ...needed, gracePeriod: -1 }, '"gracePeriod" must be a number of milliseconds, zero or more'],
    [{ ...needed, duplicateStart: 'join' }, '"duplicateStart" must be one of [joins, rejects]'],
    [
        { ...needed, annotations: { cpu: true } },
        '"annotations.cpu" must be "ignored" or an object of value and honoured'
    ],
    [{ ...needed, annotations: { cpu: { value: 1 } } }, '"annotations.cpu'],
    [{ ...needed, engineDown: new MemoryExecutor() }, '"engineDown" must be of type function, or "none"'],
    [{ ...needed, engineSlow: 'ignored' }, '"engineSlow" must be of type function, or "none"'],
    [{ ...needed, complete: 'yes' }, '"complete" must be a boolean'],
    [
        { ...needed, annotations: { cpus: 'ignored', 'screwdriver.cd/ram': 'ignored' } },
        '"annotations.cpus" is not the short name of a Screwdriver annotation; "annotations.screwdriver.cd/ram" is no'
    ],
    [
        { ...needed, observ: {}, startTimeout: 0, observe: { log: () => '' } },
        '"observe.log" is not an option; the options are running, args, logs; ' +
            '"startTimeout" must be a number of milliseconds above zero; "observ" is not an option; the options are describe, it,'
    ],
    [{ ...needed, config: 'node:20' }, '"config" must be of type object']
];

describe('the options of the kit', () => {
    for (const [given, says] of REFUSED) {
        it(`are refused with the name and what is expected: ${says}`, () => {
            for (const run of [conformance, lifecycle]) {
                expect(() => run(given as typeof needed)).to.throw(
                    TypeError,
                    `The conformance kit cannot run: ${says}`
                );
            }
        });
    }

    it('may all be given or be undefined', () => {
        expect(collect(everythingOn(MemoryExecutor))).to.have.length.above(70);
        conformance({ ...needed, observe: undefined, annotations: undefined });
        conformance({ ...needed, engineDown: 'none', engineSlow: 'none', complete: false });
    });
});

/** The "What to change" of a failing check. */
async function changes(told: Told, title: string): Promise<string | undefined> {
    const checks = collect<MemoryExecutor>({ factory: () => new MemoryExecutor(), ...told });
    const failed = await failures(checks.filter(check => check.title === title));

    return failed.get(title)?.split('What to change: ')[1];
}

describe('a check that cannot begin', () => {
    class Refusing extends MemoryExecutor {
        protected override _start(): never {
            throw new Error('no room');
        }
    }

    it('is about the start, not about its own rule', async () => {
        for (const title of [
            'stop of a running build resolves',
            'start accepts a build of a pull request',
            'start accepts a config that was serialized as JSON',
            'a numeric buildId and the same id as a string are one build',
            'start accepts a build without annotations',
            'start accepts unknown annotations',
            'builds can start concurrently'
        ]) {
            expect(await changes({ factory: () => new Refusing() }, title), title).to.equal(
                'resolve from _start for such a build; the rule itself was not checked'
            );
        }
    });

    it('is about its own rule if a plain start resolves', async () => {
        class Picky extends MemoryExecutor {
            protected override _start(config: StartConfig): Promise<boolean> {
                return config.isPR ? Promise.reject(new Error('no pull requests')) : super._start(config);
            }
        }
        const told = { factory: () => new Picky() };

        expect(await changes(told, 'start accepts a build of a pull request')).to.match(/^derive names for the engine/);
    });
});
