import { expect } from 'chai';
import type { StartConfig } from 'screwdriver-executor-base';
import { podOf } from '../lib/pod';
import { settingsFrom } from '../lib/settings';

const claims = (is: object) => `h.${Buffer.from(JSON.stringify(is)).toString('base64url')}.s`;
const ecosystem = { store: 'https://store.example.com', ui: 'https://ui.example.com' };
const disk = { strategy: 'disk', path: '/cache/', compress: 'true', max_size_mb: 500 };

function podWith(cache: object | undefined, of: Partial<StartConfig> = {}, options: object = {}) {
    const config = {
        buildId: 7,
        pipelineId: 3,
        jobId: 5,
        eventId: 9,
        jobName: 'main',
        container: 'node:22',
        apiUri: 'https://api.example.com',
        token: claims({ scope: ['temporal'], prParentJobId: 4 }),
        annotations: {},
        ...of
    } as unknown as StartConfig;
    const { spec } = podOf(config, {}, settingsFrom({ ecosystem: { ...ecosystem, cache }, ...options } as never));
    const [build] = spec?.containers ?? [];

    return {
        paths: (spec?.volumes ?? []).flatMap(({ hostPath }) => hostPath?.path ?? []),
        types: new Set((spec?.volumes ?? []).flatMap(({ hostPath }) => hostPath?.type ?? [])),
        mounts: (build?.volumeMounts ?? []).filter(({ name }) => name.endsWith('-cache')),
        line: (build?.args ?? []).join(' '),
        opener: spec?.initContainers?.find(({ name }) => name === 'caches')
    };
}

describe('kubernetes executor: the caches of the official launcher', () => {
    it('are in the store by default, and need nothing from the node', () => {
        for (const cache of [undefined, {}, { strategy: 's3', path: '/cache' }]) {
            const { paths, mounts, line, opener } = podWith(cache);

            expect([paths, mounts, opener]).to.deep.equal([[], [], undefined]);
            expect(line).to.not.include('cache');
        }
    });

    it('are folders of the node with the strategy disk, which every user can write to', () => {
        const { paths, types, mounts, line, opener } = podWith(disk);

        expect(paths).to.deep.equal(['/cache/sd-/pipelines/3', '/cache/sd-/jobs/3/5', '/cache/sd-/events/3/9']);
        expect([...types]).to.deep.equal(['DirectoryOrCreate']);
        expect(mounts).to.deep.equal([
            { name: 'pipeline-cache', mountPath: '/sdpipelinecache' },
            { name: 'job-cache', mountPath: '/sdjobcache' },
            { name: 'event-cache', mountPath: '/sdeventcache' }
        ]);
        expect(opener?.command).to.deep.equal([
            ...['chmod', '-R', '777'],
            ...['/sdpipelinecache', '/sdjobcache', '/sdeventcache']
        ]);
        for (const flag of [
            '--cache-strategy',
            '--pipeline-cache-dir',
            '--job-cache-dir',
            '--event-cache-dir',
            '--cache-compress',
            '--cache-max-size-mb',
            '--cache-max-go-threads'
        ])
            expect(line).to.include(flag);
    });

    it('of a pull request are those of its original job, and those of the pipeline and the job are read-only', () => {
        for (const jobName of ['PR-12:main', 'PR-12']) {
            const { paths, mounts, opener } = podWith(disk, { jobName });

            expect(paths[1]).to.equal('/cache/sd-/jobs/3/4');
            expect(mounts.map(({ readOnly }) => readOnly)).to.deep.equal([true, true, undefined]);
            expect(opener?.command?.slice(3)).to.deep.equal(['/sdeventcache']);
        }
        expect(podWith(disk, { jobName: 'PR-12:main', token: claims({}) }).paths[1]).to.equal('/cache/sd-/jobs/3/5');
    });

    it('are not mounted for a launch alone', () => {
        expect(podWith(disk, {}, { jobTools: 'launch' }).mounts).to.deep.equal([]);
    });

    it('are refused when the executor is constructed if their options are wrong', () => {
        expect(() => podWith({ strategy: 'tape' })).to.throw(/"ecosystem.cache.strategy" must be one of/);
        expect(() => podWith({ strategy: 'disk', path: 'cache' })).to.throw(/path" must be a path from the root/);
        expect(() => podWith({ MAX_SIZE_MB: 1 })).to.throw(/must be written "max_size_mb"/);
    });
});
