import { misuse, violation } from './finding';
import { group, type Check } from './group';
import { shown, words } from './outcome';
import type { ConformanceOptions, HonouredAnnotation, TestedExecutor } from './options';

/** Short names of the reserved annotations with which a job asks its engine for something. */
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
        title: 'start accepts a build without annotations',
        why: 'the key is optional, and most jobs have none',
        fix: 'read annotations through parseAnnotations, which takes undefined',
        async run(testbed) {
            await testbed.expectStart(testbed.config({ annotations: undefined }));
        }
    },
    {
        title: 'start accepts unknown annotations',
        why: 'users keep notes for other tools there, and new releases of Screwdriver add annotations',
        fix: 'read annotations through parseAnnotations, and leave the rest alone',
        async run(testbed) {
            const annotations = { 'screwdriver.cd/newInTheFuture': { deep: true }, 'a.b/c': 'd' };

            await testbed.expectStart(testbed.config({ annotations }));
        }
    },
    {
        title: 'start does not crash on an invalid annotation value',
        why: 'users make mistakes, and "Cannot read properties of undefined" does not tell them which one',
        fix: 'use your default for an invalid value, or reject with an ExecutorError that names the value',
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
    title: 'the build token lives as long as the timeout annotation says',
    why: 'a token that expires early fails the build at its end; one that lives too long is a risk',
    fix: 'pass Executor.buildTimeoutFrom(config.annotations) to exchangeTokenForBuild',
    async run(testbed) {
        await testbed.startBuild({ annotations: { 'screwdriver.cd/timeout': 20 } });
        const minutes = testbed.api.requests
            .filter(({ path }) => path.endsWith('/token'))
            .map(({ body }) => (JSON.parse(body) as { buildTimeout: number }).buildTimeout);
        const wrong = minutes.find(asked => asked < 20 || asked >= 90);

        if (wrong !== undefined)
            throw violation(`the timeout is 20 minutes, but start asked for a token of ${wrong} minutes`);
    }
};

function isCrash(error: unknown): boolean {
    return ['TypeError', 'ReferenceError', 'RangeError'].includes((error as Error | null)?.name ?? '');
}

type Declared = NonNullable<ConformanceOptions['annotations']>;

function allDeclared(declared: Declared): Check {
    return {
        title: 'every engine annotation is declared as honoured or ignored',
        why: 'if a request for memory is ignored silently, the user looks for the mistake in the wrong place',
        fix: "add it to the option annotations: 'ignored' if your README says so, otherwise how to see that it is honoured",
        run() {
            const missing = ENGINE_ANNOTATIONS.filter(name => !Object.hasOwn(declared, name));

            if (missing.length > 0) throw violation(`the option annotations has no entry for ${missing.join(', ')}`);

            return Promise.resolve();
        }
    };
}

function honoured(name: string, how: HonouredAnnotation<TestedExecutor>): Check {
    return {
        title: `the annotation ${name} is honoured`,
        why: 'the option annotations declares it as honoured',
        fix: `pass ${name} to the engine in _start, or declare it as ignored`,
        async run(testbed) {
            const id = await testbed.startBuild({ annotations: { [`screwdriver.cd/${name}`]: how.value } });
            const option = `annotations.${name}.honoured`;
            const must = 'return true or false';
            const answer = await testbed.ask(option, must, () => how.honoured(testbed.executor, id));

            if (typeof answer !== 'boolean') throw misuse(option, `${option} resolved ${shown(answer)}`, must);
            if (!answer) throw violation(`${option} resolved false for ${shown(how.value)}`);
        }
    };
}

/** What users ask of the engine for a job. */
export const annotations = group(
    'annotations',
    ({ annotations: declared }) => [
        ...CHECKS,
        ...(declared?.timeout === 'ignored' ? [] : [TIMEOUT]),
        ...(declared ? [allDeclared(declared)] : []),
        ...Object.entries(declared ?? {}).flatMap(([name, how]) => (how === 'ignored' ? [] : [honoured(name, how)]))
    ],
    { annotations: 'whether each annotation is honoured or declared as ignored' }
);
