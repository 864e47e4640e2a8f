import { expect } from 'chai';
import type { StartConfig } from 'screwdriver-executor-base';
import { podOf } from '../lib/pod';
import { settingsFrom, type Options } from '../lib/settings';

const config = {
    buildId: 7,
    container: 'node:22',
    apiUri: 'https://api.example.com',
    token: 'temporal.token.7',
    annotations: {}
} as unknown as StartConfig;
const image = (digit: string) => `launcher@sha256:${digit.repeat(64)}`;
const ON_NODE = { jobToolsPath: '/var/tools', jobToolsImage: image('0') };

function specWith(options: Options) {
    const pod = podOf(config, {}, settingsFrom({ jobTools: 'launch', ...options }));
    const { initContainers = [], containers = [], volumes = [] } = pod.spec ?? {};

    return { initContainers, volumes, build: containers[0]! };
}

/** The folder of a node that a build has at its mount point. */
function folderOf(options: Options) {
    return specWith(options).volumes.find(({ name }) => name === 'job-tools')?.hostPath?.path;
}

describe('kubernetes executor: the job tools', () => {
    it('are copied by each pod, and read-only to the build', () => {
        const { initContainers, volumes, build } = specWith({});

        expect(initContainers.map(({ name, command }) => ({ name, command }))).to.deep.equal([
            { name: 'job-tools', command: ['cp', '-R', '/opt/sd/.', '/job-tools'] }
        ]);
        expect(volumes).to.deep.equal([{ name: 'job-tools', emptyDir: {} }]);
        expect(build.volumeMounts).to.deep.equal([{ name: 'job-tools', mountPath: '/opt/sd', readOnly: true }]);
    });

    it('include Habitat if an option says so', () => {
        const { initContainers, build } = specWith({ habitat: true });

        expect(initContainers.map(({ command }) => command)).to.deep.include(['cp', '-R', '/hab/.', '/job-tools']);
        expect(build.volumeMounts).to.deep.include({ name: 'habitat', mountPath: '/hab', readOnly: true });
    });

    it('stay in a folder of the node for each digest, mount point and choice of Habitat', () => {
        const folders = [
            ON_NODE,
            { ...ON_NODE, jobToolsImage: image('1') },
            { ...ON_NODE, mountPoint: '/tools' },
            { ...ON_NODE, habitat: true }
        ].map(folderOf);

        expect(new Set(folders).size).to.equal(4);
        for (const folder of folders) expect(folder).to.match(/^\/var\/tools\/[\da-f]{64}\/job-tools$/);
        // The same content with another image name.
        expect(folderOf({ ...ON_NODE, jobToolsImage: `mirror/${image('0')}` })).to.equal(folders[0]);
    });

    it('are read-only there, too, and root fills the folder', () => {
        const { initContainers, build } = specWith({ ...ON_NODE, habitat: true });

        expect(initContainers.map(({ securityContext }) => securityContext)).to.deep.equal([{ runAsUser: 0 }]);
        expect(build.volumeMounts?.map(({ mountPath, readOnly }) => [mountPath, readOnly])).to.deep.equal([
            ['/opt/sd', true],
            ['/hab', true]
        ]);
    });

    it('trust the CA of a ConfigMap, as does the build', () => {
        const { volumes, build } = specWith({ caConfigMap: 'roots' });
        const path = '/etc/screwdriver-ca.pem';

        expect(volumes).to.deep.include({ name: 'ca', configMap: { name: 'roots' } });
        expect(build.volumeMounts).to.deep.include({ name: 'ca', mountPath: path, subPath: 'ca.crt', readOnly: true });
        expect(build.env).to.deep.include({ name: 'SSL_CERT_FILE', value: path });
        expect(specWith({}).build.env?.map(({ name }) => name)).to.not.include('SSL_CERT_FILE');
    });
});
