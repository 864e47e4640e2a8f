import { misuse, violation } from './finding';
import { group, type Check } from './group';
import { shown, words } from './outcome';
import type { ConformanceOptions, HonouredAnnotation, TestedExecutor } from './options';

/** The reserved annotations by which a job asks its engine for something, by their short names. */
export const ENGINE_ANNOTATIONS = [
    'cpu',
    'ram',
    'disk',
    'diskSpeed',
    'timeout',
    'dockerEnabled',
    'dockerCpu',
    'dockerRam',
    'rootlessBuildkitEnabled',
    'buildkitCpu',
    'buildkitRam',
    'nodeLabel',
    'terminationGracePeriodSeconds'
] as const;

const CHECKS: Check[] = [
    {
        title: 'start takes a build without annotations',
        why: 'the key is optional, and most jobs have none',
        fix: 'read annotations through parseAnnotations, which takes undefined',
        async run(testbed) {
            await testbed.expectStart(testbed.config({ annotations: undefined }));
        }
    },
    {
        title: 'start takes annotations that it does not know',
        why: 'users write notes for other tools there, and new releases of Screwdriver bring new ones',
        fix: 'read annotations through parseAnnotations, and leave the rest alone',
        async run(testbed) {
            const annotations = { 'screwdriver.cd/newInTheFuture': { deep: true }, 'a.b/c': 'd' };

            await testbed.expectStart(testbed.config({ annotations }));
        }
    },
    {
        title: 'start does not crash on an annotation whose value makes no sense',
        why: 'users make mistakes: one must not end in "Cannot read properties of undefined"',
        fix: 'fall back on your default for values that you do not know, or reject with an ExecutorError that names them',
        async run(testbed) {
            const values = ['NONSENSE', -1, null, ''];

            for (const value of values) {
                const annotations = Object.fromEntries(
                    ENGINE_ANNOTATIONS.map(name => [`screwdriver.cd/${name}`, value])
                );
                const outcome = await testbed.call('start', testbed.config({ annotations }));

                if (!outcome.resolved && isCrash(outcome.error)) throw violation(`start ${words(outcome)}`);
            }
        }
    }
];

const TIMEOUT: Check = {
    title: 'the token of a build lives for as long as the timeout annotation says',
    why: 'a token that dies first fails the build at its end; one that lives too long is a danger',
    fix: 'pass Executor.buildTimeoutFrom(config.annotations) to exchangeTokenForBuild',
    async run(testbed) {
        await testbed.startBuild({ annotations: { 'screwdriver.cd/timeout': 20 } });
        const minutes = testbed.api.requests
            .filter(({ path }) => path.endsWith('/token'))
            .map(({ body }) => (JSON.parse(body) as { buildTimeout: number }).buildTimeout);
        const wrong = minutes.find(asked => asked < 20 || asked >= 90);

        if (wrong !== undefined) throw violation(`for a timeout of 20 minutes, a token of ${wrong} was asked for`);
    }
};

function isCrash(error: unknown): boolean {
    return ['TypeError', 'ReferenceError', 'RangeError'].includes((error as Error | null)?.name ?? '');
}

type Stated = NonNullable<ConformanceOptions['annotations']>;

function allStated(stated: Stated): Check {
    return {
        title: 'every annotation of the engine is honoured, or stated to be ignored',
        why: 'a user who asks for memory and silently gets none looks for the mistake in the wrong place',
        fix: 'add the annotation to annotations: how to see that it is honoured, or ignored, as your README says',
        run() {
            const missing = ENGINE_ANNOTATIONS.filter(name => !Object.hasOwn(stated, name));

            if (missing.length > 0) throw violation(`nothing is stated for ${missing.join(', ')}`);

            return Promise.resolve();
        }
    };
}

function honoured(name: string, how: HonouredAnnotation<TestedExecutor>): Check {
    return {
        title: `the annotation ${name} is honoured`,
        why: 'it is stated to be',
        fix: `let _start hand ${name} to the engine, or state that it is ignored`,
        async run(testbed) {
            const id = await testbed.startBuild({ annotations: { [`screwdriver.cd/${name}`]: how.value } });
            const option = `annotations.${name}.honoured`;
            const must = 'answer with true or false';
            const answer = await testbed.ask(option, must, () => how.honoured(testbed.executor, id));

            if (typeof answer !== 'boolean') throw misuse(option, `${option} resolved ${shown(answer)}`, must);
            if (!answer) throw violation(`${option} resolved false for ${shown(how.value)}`);
        }
    };
}

/** What the users of a job ask the engine for. */
export const annotations = group(
    'annotations',
    ({ annotations: stated }) => [
        ...CHECKS,
        ...(stated?.timeout === 'ignored' ? [] : [TIMEOUT]),
        ...(stated ? [allStated(stated)] : []),
        ...Object.entries(stated ?? {}).flatMap(([name, how]) => (how === 'ignored' ? [] : [honoured(name, how)]))
    ],
    { annotations: 'which annotations the engine honours, and whether it does' }
);
