import { mkdirSync, mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import ProcessExecutor = require('screwdriver-executor-process');
import { startTokenApi, stopConfig, type ApiBuild } from 'screwdriver-executor-base/testing';
import { expectOutcome, expectTraces, until } from './expect';
import { installJobTools } from './job-tools';
import { recordedStartConfig } from './recorded-config';
import { watchApi, watchLog } from './watch';
import type { Scenario } from './scenarios';
import type { Timeline } from './timeline';

const UNFINISHED = ['QUEUED', 'RUNNING'];

/**
 * Plays the API: calls an executor from the start of a build to the shutdown, in the API's order.
 *
 * @returns what was shown, in a sentence
 * @param jobTools a folder to use instead of the scenario's own launcher and steps
 * @param closers gets what undoes what was done; to be called last first, whether this resolves or rejects
 */
export async function run(
    scenario: Scenario,
    jobTools: string | undefined,
    timeline: Timeline,
    closers: Array<() => unknown>
): Promise<string> {
    const folder = mkdtempSync(join(tmpdir(), 'screwdriver-demo-'));
    const workspaceRoot = join(folder, 'builds');
    const ownTools = join(folder, 'sd');

    closers.push(() => rm(folder, { recursive: true, force: true }));
    mkdirSync(ownTools);
    await installJobTools(ownTools, scenario.steps);

    const api = await timeline.step(
        'token API',
        () => startTokenApi(),
        ({ uri }) => `on ${uri}, RS256`
    );

    closers.push(() => api.close());
    // Like the API: its ecosystem in addition to the options of the administrators.
    const executor = new ProcessExecutor({
        ecosystem: { api: api.uri },
        workspaceRoot,
        jobTools: jobTools ?? ownTools,
        gracePeriod: 1_000
    });

    closers.push(() => executor.cleanUp());
    const configs = Array.from({ length: scenario.builds }, () => recordedStartConfig(api, scenario.timeout));
    const builds = configs.map(({ buildId }) => api.builds.get(Number(buildId)) as ApiBuild);
    const [config] = configs as [(typeof configs)[0]];
    const { buildId, container, jobName, token } = config;

    timeline.event('config', `build ${buildId}, job ${jobName}, image ${container}, temporal token ${token}`);
    closers.push(watchApi(api, executor, configs, timeline));
    const endLog = watchLog(join(workspaceRoot, `${buildId}.log`), timeline);

    closers.push(endLog);
    await timeline.step(
        'start',
        () => Promise.all(configs.map(each => executor.start(each))),
        results => `${results.length} launched with a build token: resolved ${String(results[0])}`
    );
    await timeline.step(
        'verify',
        async () => {
            const message: unknown = await executor.verify(config);

            if (message !== '') throw new Error(`It says ${String(message)}`);
        },
        () => "resolved '': nothing speaks against the build"
    );
    await timeline.step('status', () => executor.status({ buildId }), String);
    await timeline.step(
        'outcome',
        async () => {
            await until('The end of all builds', () => builds.every(({ status }) => !UNFINISHED.includes(status)));
            await until('The end of the launcher', async () =>
                / ended /.test(String(await executor.status({ buildId })))
            );
            expectOutcome(builds, scenario);
        },
        () => `${builds.length} × ${scenario.status}${scenario.statusMessage ? `: ${scenario.statusMessage}` : ''}`
    );
    await timeline.step('status', () => executor.status({ buildId }), String);
    await timeline.step('log', endLog, () => 'is complete, above');
    await timeline.step(
        'stop',
        () =>
            Promise.all(
                configs.map(async each => {
                    const stop = stopConfig(api, { buildId: each.buildId });

                    await executor.stopTimer(stop);
                    await executor.stop(stop);
                })
            ),
        results => `${results.length} stopped, timers too`
    );
    await timeline.step('stats', () => executor.stats(), JSON.stringify);
    await timeline.step(
        'cleanUp',
        () => executor.cleanUp(),
        result => `resolved ${result}`
    );
    await timeline.step(
        'left over',
        () => expectTraces(workspaceRoot, configs.length),
        () => 'the logs, without a token; no folder'
    );

    const exchanges = api.requests.filter(({ path, status }) => path.endsWith('/token') && status === 200).length;

    return (
        `Builds: ${builds.length} × ${scenario.status}, as expected. Temporal tokens exchanged: ${exchanges}. ` +
        `Requests to the API: ${api.requests.length}.`
    );
}
