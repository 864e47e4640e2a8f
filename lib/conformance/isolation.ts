import { freshBuildId } from '../testing/configs';
import { violation } from './finding';
import { group, type Check } from './group';
import { isError, withoutNumbers, words } from './outcome';
import type { Testbed } from './testbed';
import type { TestedExecutor } from './options';

const CHECKS: Check[] = [
    {
        title: 'builds start side by side',
        why: 'one executor serves all builds of a cluster',
        fix: 'keep what belongs to a build in a map by its id, not on the executor',
        async run(testbed) {
            const ids = [freshBuildId(), freshBuildId(), freshBuildId()];
            const starts = ids.map(id => testbed.expectStart(testbed.configFor('start', id)));

            // All of them are over before the check is.
            await Promise.allSettled(starts);
            await Promise.all(starts);
        }
    },
    {
        title: 'stop of one build leaves the others alone',
        why: 'builds of other users run beside it',
        fix: 'select by the whole build id in _stop: 12 is not 123',
        async run(testbed) {
            const id = freshBuildId();
            // The ids share a beginning: engines select by name, and names by their beginning.
            const other = id * 10 + 1;

            await testbed.on('start', id);
            await testbed.on('start', other);
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
        why: 'the API and its workers are several processes, and each is restarted now and then',
        fix: 'ask the engine in _status and _verify, not the memory of this process',
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
        why: 'the process that is told to stop a build is seldom the one that has started it',
        fix: 'find the build on the engine in _stop, by its id',
        async run(testbed) {
            const id = await testbed.startBuild();
            const second = await secondOf(testbed);
            const outcome = await testbed.on('stop', id, second);

            if (!outcome.resolved && !isError(outcome.error)) throw violation(`its stop ${words(outcome)}`);
            if (!testbed.options.observe?.running) return;
            if (outcome.resolved && !(await testbed.ends(id, second))) {
                throw violation('its stop resolved, and the build still runs on its engine');
            }
        }
    }
];

/** Where the author says how to make a second executor on the engine of the first, and lets the kit see what runs. */
const STARTED_TWICE: Check = {
    title: 'a second instance resolves a start of a build that runs, makes nothing, and leaves the build alone',
    why: 'a start that is delivered again reaches another process, and a rejection makes a healthy build a FAILURE',
    fix: 'look for the name of the build on the engine in _start, and resolve where it runs',
    async run(testbed) {
        const config = testbed.config();
        const id = await testbed.startBuild(config);
        const second = await secondOf(testbed);

        await testbed.eventually(async () => (await testbed.running(id)) > 0, testbed.startTimeout);
        const before = await testbed.running(id);
        const outcome = await testbed.call('start', config, second);

        if (!outcome.resolved) throw violation(`its start ${words(outcome)}`);
        const after = await testbed.running(id);

        if (after !== before) throw violation(`${before} ran for the build before it, ${after} after it`);
    }
};

function secondOf(testbed: Testbed): Promise<TestedExecutor> {
    const { options } = testbed;
    const context = { apiUri: testbed.api.uri };

    return testbed.make(options.second ? 'second' : 'factory', () =>
        options.second ? options.second(testbed.executor, context) : options.factory(context)
    );
}

/** All that can be seen of a build, as a text. */
async function view(testbed: Testbed, id: number): Promise<string> {
    const verified = words(await testbed.on('verify', id));
    const status = words(await testbed.on('status', id));
    const running = testbed.options.observe?.running ? `, ${await testbed.running(id)} run` : '';

    return `verify ${verified}, status ${status}${running}`;
}

/** Builds beside each other, and executors beside each other. */
export const isolation = group(
    'isolation',
    ({ duplicateStart, observe, second }) => {
        const isTried = duplicateStart !== 'rejects' && second && observe?.running;

        return [...CHECKS, ...(isTried ? [STARTED_TWICE] : [])];
    },
    {
        second: 'what another process does with a build that the first one has started',
        'observe.running': 'whether a build runs on after the stop of another, and ends when a second instance stops it'
    }
);
