import { expect } from 'chai';
import Executor from 'screwdriver-executor-base';
import type { StartConfig } from 'screwdriver-executor-base';
import { podOf } from '../lib/pod';
import { settingsFrom } from '../lib/settings';

const TOKEN = 'temporal.token.7';
const config = {
    buildId: 7,
    pipelineId: 3,
    jobId: 5,
    container: 'node:22',
    apiUri: 'https://api.example.com/$(SD_TOKEN)',
    token: TOKEN,
    annotations: { 'screwdriver.cd/timeout': 2.5 }
} as unknown as StartConfig;
const ecosystem = { store: 'https://store.example.com', ui: 'https://ui.example.com' };

function buildOf(options: object, annotations: Record<string, unknown> = {}) {
    const asked = Object.entries(annotations).map(([name, value]) => [`screwdriver.cd/${name}`, value]);
    const start = { ...config, annotations: { ...config.annotations, ...Object.fromEntries(asked) } };
    const pod = podOf(start, annotations, settingsFrom(options));
    const [container] = pod.spec?.containers ?? [];
    const env = Object.fromEntries((container?.env ?? []).map(({ name, value }) => [name, value]));

    return { pod, container, env };
}

/** The text as the container gets it: Kubernetes replaces known variables, and `$$` by `$`. */
const asRun = (text: string) =>
    text.replaceAll(/\$(\$|\(SD_TOKEN\))/g, (_, found) => (found === '$' ? '$' : 'EXPANDED'));

describe('kubernetes executor: the pod of a build', () => {
    it('runs the official job tools as the base says, whatever the arguments contain', () => {
        const { container } = buildOf({ ecosystem });
        const { command, args } = Executor.launch(config, '/opt/sd', { ...ecosystem, jobTools: 'official' });

        expect([...(container?.command ?? []), ...(container?.args ?? [])].map(asRun)).to.deep.equal([
            command,
            ...args
        ]);
        expect(args.join('\n')).to.include('$(SD_TOKEN)');
    });

    it('runs a launch alone by the line of the README, without the folders of the official job tools', () => {
        const { container, pod, env } = buildOf({ jobTools: 'launch', mountPoint: '/sd', ecosystem });

        expect(container?.command).to.deep.equal(['/sd/launch']);
        expect((container?.args ?? []).map(asRun)).to.deep.equal(['--api-uri', config.apiUri, '7']);
        expect(container?.volumeMounts).to.deep.equal([{ name: 'job-tools', mountPath: '/sd', readOnly: true }]);
        expect(pod.spec?.volumes).to.deep.equal([{ name: 'job-tools', emptyDir: {} }]);
        expect(env).to.not.have.any.keys('SD_TEMP', 'SD_BASE_COMMAND_PATH');
    });

    it('has folders that the job tools can write to, and what jobs know from the published executor', () => {
        const { container, pod, env } = buildOf({ ecosystem, prefix: 'beta-' }, { terminationGracePeriodSeconds: 90 });
        const from = Object.fromEntries((container?.env ?? []).map(({ name, valueFrom }) => [name, valueFrom]));

        expect(container?.volumeMounts).to.deep.include({ name: 'sd', mountPath: '/sd' });
        expect(container?.volumeMounts).to.deep.include({ name: 'sd-temp', mountPath: '/opt/sd_tmp' });
        expect(pod.spec?.volumes?.map(({ emptyDir }) => emptyDir)).to.deep.equal([{}, {}, {}]);
        expect(env).to.include({
            SD_BUILD_TIMEOUT: '3',
            SD_TERMINATION_GRACE_PERIOD_SECONDS: '90',
            SD_PIPELINE_ID: '3',
            SD_BUILD_PREFIX: 'beta-',
            SD_BASE_COMMAND_PATH: '/sd/commands/',
            SD_TEMP: '/opt/sd_tmp',
            CONTAINER_IMAGE: 'node:22',
            MOUNT_POINT: '/opt/sd'
        });
        expect(from.NODE_ID).to.deep.equal({ fieldRef: { fieldPath: 'spec.nodeName' } });
        expect(from.CONTAINER_CPU_LIMIT).to.deep.equal({ resourceFieldRef: { resource: 'limits.cpu' } });
        expect(from.CONTAINER_MEMORY_LIMIT).to.deep.equal({ resourceFieldRef: { resource: 'limits.memory' } });
        expect(from.SD_TOKEN).to.have.nested.property('secretKeyRef.key', 'SD_TOKEN');
    });

    it('does not hold the token that the start has', () => {
        for (const options of [{ ecosystem }, { jobTools: 'launch' }]) {
            expect(JSON.stringify(buildOf(options).pod)).to.not.include(TOKEN);
        }
    });

    it('is named by the id of its build, in any notation', () => {
        for (const buildId of [7, '7', '07', '7.0']) {
            const { metadata } = podOf({ ...config, buildId }, {}, settingsFrom({ ecosystem }));

            expect(metadata?.name).to.equal('sd-build-7');
            expect(metadata?.labels).to.include({ 'screwdriver.cd/build': '7' });
        }
    });

    it('has identifying parts that a template cannot change', () => {
        const metadata = { labels: null, annotations: null };
        const { pod } = buildOf({ ecosystem, namespace: 'builds', podTemplate: { metadata } });

        expect(pod.metadata).to.include({ name: 'sd-build-7', namespace: 'builds' });
        expect(pod.metadata?.labels).to.include({ 'screwdriver.cd/build': '7' });
        expect(pod.metadata?.annotations).to.include({
            'screwdriver.cd/api': config.apiUri,
            'screwdriver.cd/timeout': '2.5'
        });
        expect(pod.metadata?.annotations?.['screwdriver.cd/secret']).to.match(/^sd-build-7-[0-9a-f]{8}$/);
    });

    it('has what a template adds, and lacks what it removes', () => {
        const { pod, container } = buildOf({
            ecosystem,
            podTemplate: {
                metadata: { labels: { team: 'a' } },
                spec: {
                    activeDeadlineSeconds: null,
                    containers: [
                        {
                            name: 'build',
                            resources: { limits: { cpu: null } },
                            volumeMounts: [{ name: 'job-tools', mountPath: '/again' }]
                        }
                    ],
                    volumes: [{ name: 'sd', hostPath: { path: '/sd' } }]
                }
            }
        });

        expect(pod.metadata?.labels).to.include({ team: 'a', 'screwdriver.cd/build': '7' });
        expect(pod.spec).to.not.have.property('activeDeadlineSeconds');
        expect(container?.resources?.limits).to.deep.equal({ memory: '2048Mi' });
        expect(container?.volumeMounts?.filter(({ name }) => name === 'job-tools')).to.deep.equal([
            { name: 'job-tools', mountPath: '/opt/sd', readOnly: true },
            { name: 'job-tools', mountPath: '/again' }
        ]);
        expect(pod.spec?.volumes?.find(({ name }) => name === 'sd')).to.deep.equal({
            name: 'sd',
            hostPath: { path: '/sd' }
        });
    });

    it('tells its build nothing about the cluster, and lets it do only what a runtime allows by default', () => {
        expect(buildOf({ ecosystem }).pod.spec).to.deep.include({
            automountServiceAccountToken: false,
            enableServiceLinks: false,
            securityContext: { seccompProfile: { type: 'RuntimeDefault' } }
        });
    });

    it('lives longer than the timeout of its build and its grace time, including pulls', () => {
        expect(buildOf({ ecosystem, stopSeconds: 100 }).pod.spec?.activeDeadlineSeconds).to.equal(150 + 100 + 1800);
    });

    const graces: [annotation: unknown, stopSeconds: number | undefined, seconds: number][] = [
        [undefined, undefined, 60],
        [30, undefined, 60],
        ['90', undefined, 90],
        [0.5, 0.2, 1],
        [10_000, undefined, 3600],
        [1, 7200, 7200],
        ['soon', undefined, 60]
    ];

    for (const [asked, stopSeconds, seconds] of graces) {
        it(`has ${seconds} s to end if its annotation says ${String(asked)} and the executor ${stopSeconds}`, () => {
            const { pod } = buildOf({ ecosystem, stopSeconds }, { terminationGracePeriodSeconds: asked });

            expect(pod.spec?.terminationGracePeriodSeconds).to.equal(seconds);
        });
    }
});
