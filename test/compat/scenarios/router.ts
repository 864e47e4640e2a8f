import { minimal, real } from '../configs';
import type { Scenarios } from '../child/recording';

/** Names that a user may write into the executor annotation, including those of the base's own members. */
const ANNOTATED = [
    'k8s',
    'docker',
    'jenkins',
    'nothing',
    'config',
    'constructor',
    'stats',
    'start',
    'toString',
    '__proto__',
    'parseAnnotations',
    'cleanUp',
    'ecosystem'
];

const KEYS = ['screwdriver.cd/executor', 'beta.screwdriver.cd/executor'] as const;

export const router: Scenarios = {};

for (const annotated of ANNOTATED) {
    for (const key of KEYS) {
        router[`router: sends a build with ${key}: ${annotated} on its way`] = async recording => {
            const { executor } = await recording.executor('router');
            const config = { ...real('start'), annotations: { [key]: annotated } };

            for (const method of ['start', 'verify', 'stop']) await recording.call(executor, method, config);
        };
    }
}

for (const [first, second] of [KEYS, KEYS.toReversed()]) {
    router[`router: sends a build with ${first}: docker and ${second}: jenkins on its way`] = async recording => {
        const { executor } = await recording.executor('router');
        const config = { ...real('start'), annotations: { [first]: 'docker', [second]: 'jenkins' } };

        for (const method of ['start', 'verify', 'stop']) await recording.call(executor, method, config);
    };
}

router['router: weighs and excludes executors'] = async recording => {
    const { executor } = await recording.executor('router');
    const [k8s, docker, jenkins] = executor._executors;

    Object.assign(k8s, { weightage: 20 });
    Object.assign(docker, { weightage: 70, exclusions: ['rhel6'] });
    Object.assign(jenkins, { weightage: '10' });
    for (let buildId = 1; buildId <= 8; buildId += 1) {
        const container = buildId % 2 ? 'node:20' : 'rhel6:latest';

        await recording.call(executor, 'start', { ...minimal(), container, buildId });
    }
};

router['router: refuses to be made without executors'] = recording => {
    const Router = recording.load('screwdriver-executor-router');

    for (const options of [undefined, {}, { executor: [] }, { executor: [{ name: 'missing' }] }]) {
        try {
            recording.note('made', Reflect.ownKeys(new Router(options)).map(String));
        } catch (error) {
            recording.note('refused', error);
        }
    }
};

router['router: meets a default executor that is not there'] = async recording => {
    const { executor } = await recording.executor('router', { defaultPlugin: 'gone' });

    for (const method of ['start', 'verify', 'stop', 'status']) await recording.call(executor, method, minimal());
};
