import { minimal, real } from '../configs';
import type { Scenarios } from '../child/recording';
import type { PodState } from '../engines/kubernetes';
import type { Failure } from '../engines/recorder';

const KINDS: Failure[] = ['error', 'refusal', 'garbage', 'reset'];
const PODS: PodState[] = [
    { phase: 'Pending' },
    { phase: 'Pending', nodeName: 'node-1' },
    { phase: 'Failed', nodeName: 'node-1' },
    { phase: 'Unknown' },
    { phase: 'Succeeded', nodeName: 'node-1' },
    { phase: 'Pending', nodeName: 'node-1', waiting: 'ErrImagePull' },
    { phase: 'Pending', nodeName: 'node-1', waiting: 'CrashLoopBackOff' }
];

/** The engine fails, from the start or during a build. */
export function failures(name: string): Scenarios {
    const scenarios: Scenarios = {};
    // A list of containers that is not a list ends the process of executor-docker on either base.
    const failing = (kind: Failure) => (kind === 'garbage' ? /^(POST|DELETE|PUT)|pods|job/ : /./);

    for (const kind of KINDS) {
        scenarios[`meets ${kind} from the engine`] = async recording => {
            const { executor, engines } = await recording.executor(name);

            for (const engine of engines) engine.fail(kind, failing(kind));
            for (const method of ['start', 'verify', 'stop']) await recording.call(executor, method, minimal());
        };
        scenarios[`meets ${kind} from the engine in the middle of a start`] = async recording => {
            const { executor, engines } = await recording.executor(name);

            for (const engine of engines) engine.fail(kind, /POST .*(create|build)|GET .*status/);
            await recording.call(executor, 'start', real('start'));
            for (const engine of engines) engine.recover();
            // What the API does after a failed start.
            await recording.call(executor, 'stop', { ...real('stop'), buildId: 13 });
            await recording.call(executor, 'stopTimer', real('stopTimer'));
        };
    }
    scenarios['finds the engine gone'] = async recording => {
        const { executor, engines } = await recording.executor(name);

        await Promise.all(engines.map(engine => engine.close()));
        for (const method of ['start', 'verify', 'stop']) await recording.call(executor, method, minimal());
    };
    scenarios['meets an API that is down'] = async recording => {
        const { executor, api } = await recording.executor(name);

        api.fail('error');
        for (const method of ['start', 'verify', 'stop']) await recording.call(executor, method, minimal());
    };
    if (name.startsWith('k8s')) {
        for (const pod of PODS) {
            scenarios[`finds the pod ${Object.values(pod).join(', ')}`] = async recording => {
                const { executor, engine } = await recording.executor(name);

                Object.assign(engine!, { pod });
                for (const method of ['start', 'verify', 'stop']) await recording.call(executor, method, real('start'));
            };
        }
    }

    return scenarios;
}
