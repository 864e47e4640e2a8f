import { freshBuildId } from '../testing/configs';
import { violation } from './finding';
import { group, type Check } from './group';
import { isError, withoutNumbers, words } from './outcome';
import type { Testbed } from './testbed';
import type { TestedExecutor } from './options';

const CHECKS: Check[] = [
    {
        title: 'builds can start concurrently',
        why: 'one executor serves all builds of a cluster',
        fix: 'keep the state of a build in a map by its id, not on the executor',
        async run(testbed) {
            const ids = [freshBuildId(), freshBuildId(), freshBuildId()];
            const starts = ids.map(id => testbed.expectStart(testbed.configFor('start', id)));

            // All of them settle before the check ends.
            await Promise.allSettled(starts);
            await Promise.all(starts);
        }
    },
    {
        title: 'stop of one build does not affect the others',
        why: 'builds of other users run on the same engine',
        fix: 'in _stop, select by the whole build id: 12 is not 123',
        async run(testbed) {
            const id = freshBuildId();
            // The ids share a prefix, since engines select by name, and some match names by prefix.
            const other = id * 10 + 1;

            await testbed.on('start', id);
            await testbed.on('start', other);
            if (testbed.options.observe?.running) {
                await testbed.eventually(async () => (await testbed.running(other)) > 0, testbed.startTimeout);
            }
            const before = await view(testbed, other);

            await testbed.on('stop', id);
            const after = await view(testbed, other);

            if (withoutNumbers(before) !== withoutNumbers(after)) {
                throw violation(`before the stop of build ${id}, build ${other}: ${before}; after it: ${after}`);
            }
        }
    },
    {
        title: 'a second instance finds a build that the first one started, or says that it cannot',
        why: 'the API and its workers are several processes, and each is restarted at times',
        fix: 'in _status and _verify, ask the engine, not the memory of this process',
        async run(testbed) {
            const id = await testbed.startBuild();
            const second = await secondOf(testbed);

            for (const operation of ['status', 'verify'] as const) {
                if (!second.supports(operation)) continue;
                const outcome = await testbed.on(operation, id, second);

                if (!(outcome.resolved ? typeof outcome.value === 'string' : isError(outcome.error))) {
                    throw violation(`${operation} of the second instance ${words(outcome)}`);
                }
            }
        }
    },
    {
        title: 'a second instance stops a build that the first one started, or says that it cannot',
        why: 'the process that stops a build is rarely the one that started it',
        fix: 'in _stop, find the build on the engine by its id',
        async run(testbed) {
            const id = await testbed.startBuild();
            const second = await secondOf(testbed);
            const outcome = await testbed.on('stop', id, second);

            if (!outcome.resolved && !isError(outcome.error)) throw violation(`its stop ${words(outcome)}`);
            if (!testbed.options.observe?.running) return;
            if (outcome.resolved && !(await testbed.ends(id, second))) {
                throw violation('its stop resolved, but the build still runs on its engine');
            }
        }
    }
];

/** Needs `second` and `observe.running`. */
const STARTED_TWICE: Check = {
    title: 'a second instance resolves a start of a running build, creates nothing, and leaves the build alone',
    why: 'a redelivered start reaches another process, and if it rejects, a healthy build becomes a FAILURE',
    fix: 'in _start, look for the name of the build on the engine, and resolve if it runs',
    async run(testbed) {
        const config = testbed.config();
        const id = await testbed.startBuild(config);
        const second = await secondOf(testbed);

        await testbed.eventually(async () => (await testbed.running(id)) > 0, testbed.startTimeout);
        const before = await testbed.running(id);
        const outcome = await testbed.call('start', config, second);

        if (!outcome.resolved) throw violation(`its start ${words(outcome)}`);
        const after = await testbed.running(id);

        if (after !== before) throw violation(`the build had ${before} running before it, and ${after} after it`);
    }
};

function secondOf(testbed: Testbed): Promise<TestedExecutor> {
    const { options } = testbed;
    const context = { apiUri: testbed.api.uri };

    return testbed.make(options.second ? 'second' : 'factory', () =>
        options.second ? options.second(testbed.executor, context) : options.factory(context)
    );
}

/** Everything that can be seen of a build, as a string. */
async function view(testbed: Testbed, id: number): Promise<string> {
    const verified = words(await testbed.on('verify', id));
    const status = words(await testbed.on('status', id));
    const runs = testbed.options.observe?.running && (await testbed.running(id)) > 0;

    return `verify ${verified}, status ${status}${runs ? ', running' : ''}`;
}

/** Several builds, and several executors. */
export const isolation = group(
    'isolation',
    ({ duplicateStart, observe, second }) => {
        const isTried = duplicateStart !== 'rejects' && second && observe?.running;

        return [...CHECKS, ...(isTried ? [STARTED_TWICE] : [])];
    },
    {
        second: 'what another process does with a build that the first one started',
        'observe.running': 'whether a build survives the stop of another, and ends when a second instance stops it'
    }
);
