import { expect } from 'chai';
import { hanging, HOOKS, reportsOf } from '../hanging';

/** Milliseconds that a call may take. */
const LIMIT = 800;

/** Two checks that need the hook. */
const CHECKS: Record<(typeof HOOKS)[number], [string, string]> = {
    _start: ['stop of a running build resolves', 'builds can start concurrently'],
    _stop: ['stop of a running build resolves', 'stop of a stopped build resolves'],
    _verify: ['verify does not fail a running build', 'a supported verify resolves with a string'],
    _status: ['status describes a started build', 'status and verify do not show the token'],
    _startTimer: [
        'startTimer accepts the config of the API, which has no apiUri',
        'stopTimer of a running timer resolves'
    ],
    _stopTimer: ['stopTimer of a running timer resolves', 'stopTimer of a build without a timer resolves'],
    _cleanUp: ['cleanUp can be called twice', 'cleanUp during a start resolves, and the start settles']
};

/** For mutation testing: what hangs.test.ts tests with all the checks at once, which is too slow for each mutant. */
describe('a hook that never settles', () => {
    for (const isInTurn of [true, false]) {
        for (const hook of isInTurn ? HOOKS : (['_start'] as const)) {
            it(`is reported in full and once, and called twice: ${hook}${isInTurn ? ', calls in turn' : ''}`, async () => {
                const { Hanging, calls } = hanging(hook, isInTurn);
                const checks = CHECKS[hook];
                const name = hook.slice(1);
                const reports = await reportsOf(Hanging, LIMIT, title => checks.includes(title));
                const option = name === 'start' ? 'startTimeout' : 'callTimeout';

                expect([...reports]).to.deep.equal([
                    [
                        checks[0],
                        [
                            `${name} settles`,
                            `  What happened: ${name} never settles: two calls, one of them for a plain build, waited ${LIMIT} ms each`,
                            '  Why: its caller waits forever, and so does the build; other checks that need it are skipped',
                            `  What to change: give each wait in ${hook} a limit below ${option} (${LIMIT} ms), or raise ${option} if the engine needs longer`
                        ].join('\n')
                    ],
                    [checks[1], `Not tried: ${name} never settles, see "${checks[0]}"`]
                ]);
                expect(
                    calls.filter(config => config !== undefined && 'buildId' in Object(config)).length
                ).to.be.at.most(2);
            });
        }
    }
});
