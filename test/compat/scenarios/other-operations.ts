import { real } from '../configs';
import type { Scenarios } from '../child/recording';

const periodic = () => ({
    pipeline: { id: 1 },
    job: { id: 2 },
    apiUri: 'http://api.example',
    isUpdate: false,
    triggerBuild: true,
    token: 'abcdefg'
});
const webhook = () => ({ hookId: 'c0ffee', webhookConfig: { action: 'opened' }, token: 'abcdefg' });

/** What the API or its plug-ins pass to the operations that are not validated. */
const CONFIGS = {
    startPeriodic: periodic,
    stopPeriodic: () => ({ pipelineId: 1, jobId: 2, token: 'abcdefg' }),
    startFrozen: () => ({ ...real('stopFrozen'), job: { id: 2 } }),
    stopFrozen: () => real('stopFrozen'),
    startTimer: () => real('startTimer'),
    stopTimer: () => real('stopTimer'),
    unzipArtifacts: () => ({ buildId: 12, token: 'abcdefg' }),
    enqueueWebhook: webhook
};

export function otherOperations(name: string): Scenarios {
    const scenarios: Scenarios = {};

    for (const [method, config] of Object.entries(CONFIGS)) {
        scenarios[`answers ${method}`] = async recording => {
            const { executor, engine } = await recording.executor(name);
            const given = config();

            recording.watchHooks(executor, given);
            await recording.call(executor, method, given);
            await recording.call(executor, method, undefined);
            await recording.call(executor, method, null);
            engine?.fail('error');
            await recording.call(executor, method, given);
        };
    }
    scenarios['gives its statistics'] = async recording => {
        const { executor } = await recording.executor(name);

        await recording.call(executor, 'stats', real('stats'));
        await recording.call(executor, 'stats');
        await recording.call(executor, 'start', real('start'));
        await recording.call(executor, 'stats', real('stats'));
    };
    scenarios['cleans up'] = async recording => {
        const { executor } = await recording.executor(name);

        recording.watchHooks(executor);
        await recording.call(executor, 'cleanUp');
    };

    return scenarios;
}
