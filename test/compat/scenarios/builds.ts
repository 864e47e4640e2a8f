import { INVALID, VALID, minimal, real } from '../configs';
import type { Scenarios } from '../child/recording';

/** start, verify and stop with everything that an API may pass. */
export function builds(name: string): Scenarios {
    const scenarios: Scenarios = {};

    for (const [title, config] of Object.entries(VALID)) {
        scenarios[`starts, verifies and stops a build with ${title}`] = async recording => {
            const { executor } = await recording.executor(name);
            const given = config();

            await recording.call(executor, 'start', given);
            await recording.call(executor, 'verify', given);
            await recording.call(executor, 'stop', given);
        };
    }
    scenarios['hands the hooks the config that it was given'] = async recording => {
        const { executor } = await recording.executor(name);
        const given = real('start');

        recording.watchHooks(executor, given);
        for (const method of ['start', 'verify', 'stop', 'status']) await recording.call(executor, method, given);
    };
    for (const [title, config] of Object.entries(INVALID)) {
        scenarios[`answers ${title} as config`] = async recording => {
            const { executor } = await recording.executor(name);

            recording.watchHooks(executor);
            for (const method of ['start', 'verify', 'stop', 'status'])
                await recording.call(executor, method, config());
        };
    }
    scenarios['stops what the API passes, started before or not'] = async recording => {
        const { executor } = await recording.executor(name);

        await recording.call(executor, 'stop', real('stop'));
        await recording.call(executor, 'start', { ...minimal(), buildId: 12 });
        await recording.call(executor, 'stop', real('stop'));
        await recording.call(executor, 'stop', real('stop'));
    };
    scenarios['starts one build twice'] = async recording => {
        const { executor } = await recording.executor(name);

        await recording.call(executor, 'start', minimal());
        await recording.call(executor, 'start', minimal());
    };
    scenarios['starts three builds side by side'] = async recording => {
        const { executor } = await recording.executor(name);

        recording.unordered = true;
        const builds = [1, 2, 3].map(buildId => ({ ...minimal(), buildId }));
        const results = await Promise.allSettled(builds.map(build => executor.start(build)));

        recording.note('results', results);
    };

    return scenarios;
}
