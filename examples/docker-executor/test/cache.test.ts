import { expect } from 'chai';
import { launch, type StartConfig } from 'screwdriver-executor-base';
import { cachesOf } from '../lib/cache';
import { buildContainer } from '../lib/containers';
import { settingsFrom, type Options } from '../lib/settings';

const addresses = { store: 'https://store.example', ui: 'https://ui.example' };
const disk = { strategy: 'disk', path: '/cache/', compress: 'true', max_size_mb: 500 };
const claims = (is: object) => `h.${Buffer.from(JSON.stringify(is)).toString('base64url')}.s`;

/** What a build gets from the engine and the launcher, with this cache in the ecosystem, as from a caller without types. */
function buildWith(cache: object | undefined, of: Partial<StartConfig> = {}, options: Options = {}) {
    const settings = settingsFrom({ ecosystem: { ...addresses, ...(cache && { cache }) }, ...options });
    const config: StartConfig = {
        buildId: 7,
        pipelineId: 3,
        jobId: 5,
        eventId: 9,
        jobName: 'main',
        container: 'node:22',
        apiUri: 'https://api.example',
        token: claims({ prParentJobId: 4 }),
        ...of
    };
    const { flags, writable } = cachesOf(config, settings);
    const { jobTools, mountPoint } = settings;
    const line = launch(config, mountPoint, { jobTools, flags, store: addresses.store });
    const tools = { keeper: 'tools', mounts: [] };
    const { HostConfig } = buildContainer(config, 'start', line, tools, 'host', settings);

    return { binds: HostConfig?.Binds, writable, flags: line.args.filter(word => word.includes('cache')) };
}

describe('docker executor: the caches of the official launcher', () => {
    it('are in the store by default, and need nothing from the engine', () => {
        for (const cache of [undefined, {}, { strategy: 's3', path: '/cache' }])
            expect(buildWith(cache)).to.deep.equal({ binds: [], writable: [], flags: [] });
    });

    it('are folders of the host with the strategy disk, and the launcher gets their paths', () => {
        expect(buildWith(disk)).to.deep.equal({
            binds: [
                '/cache/sd-/pipelines/3:/sdpipelinecache',
                '/cache/sd-/jobs/3/5:/sdjobcache',
                '/cache/sd-/events/3/9:/sdeventcache'
            ],
            writable: ['/sdpipelinecache', '/sdjobcache', '/sdeventcache'],
            flags: [
                '--cache-strategy=disk',
                '--pipeline-cache-dir=/sdpipelinecache',
                '--job-cache-dir=/sdjobcache',
                '--event-cache-dir=/sdeventcache',
                '--cache-compress=true',
                '--cache-md5check=false',
                '--cache-max-size-mb=500',
                '--cache-max-go-threads=10000'
            ]
        });
    });

    it('of a pull request are those of the job that it comes from, and those of pipeline and job are read-only', () => {
        for (const jobName of ['PR-12:main', 'PR-12']) {
            const { binds, writable } = buildWith(disk, { jobName });

            expect(binds).to.deep.equal([
                '/cache/sd-/pipelines/3:/sdpipelinecache:ro',
                '/cache/sd-/jobs/3/4:/sdjobcache:ro',
                '/cache/sd-/events/3/9:/sdeventcache'
            ]);
            expect(writable).to.deep.equal(['/sdeventcache']);
        }
        for (const token of [claims({}), 'no.token'])
            expect(buildWith(disk, { jobName: 'PR-12:main', token }).binds?.[1]).to.match(/\/jobs\/3\/5:/);
    });

    it('lie below the root and the prefix, unless a path is given', () => {
        const { binds } = buildWith({ strategy: 'disk' }, {}, { prefix: 'beta-' });

        expect(binds?.[0]).to.equal('/beta-/pipelines/3:/sdpipelinecache');
    });

    it('do not exist if the job tools are only a launch script', () => {
        expect(buildWith(disk, {}, { jobTools: 'launch' }).binds).to.deep.equal([]);
    });

    it('are rejected when the executor is created if their options are wrong', () => {
        expect(() => buildWith({ strategy: 'tape' })).to.throw(/"ecosystem.cache.strategy" must be one of/);
        for (const path of ['cache', '/cache:/etc'])
            expect(() => buildWith({ strategy: 'disk', path })).to.throw(/path" must be a path from the root, without/);
        expect(() => buildWith({ MAX_SIZE_MB: 1 })).to.throw(/must be written "max_size_mb"/);
    });
});
