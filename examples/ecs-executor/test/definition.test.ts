import { expect } from 'chai';
import { definitionOf } from '../lib/definition';
import { settingsFrom, type Options } from '../lib/settings';
import { diskOf, sizeOf } from '../lib/sizes';
import { OPTIONS } from './options';

const config = {
    buildId: '7',
    container: 'node:20',
    apiUri: 'https://api.example.com',
    token: 'temporal',
    pipelineId: 3
};
const settings = (options: Options = {}) => settingsFrom({ ...OPTIONS, ...options });

describe('ECS executor: the definition of a task', () => {
    it('copies the job tools, then runs the launcher, and has a container that ends the task', () => {
        const { containerDefinitions = [], volumes } = definitionOf(config, {}, settings());
        const [jobTools, build, deadline] = containerDefinitions;

        expect(volumes).to.deep.equal([{ name: 'sd-7' }]);
        expect(jobTools).to.deep.include({
            essential: false,
            entryPoint: ['cp'],
            command: ['-R', '/opt/sd/.', '/job-tools'],
            mountPoints: [{ sourceVolume: 'sd-7', containerPath: '/job-tools' }]
        });
        expect(build).to.deep.include({
            image: 'node:20',
            essential: true,
            dependsOn: [{ containerName: 'job-tools', condition: 'SUCCESS' }],
            entryPoint: ['/opt/sd/launch'],
            command: ['--api-uri', 'https://api.example.com', '7'],
            secrets: [{ name: 'SD_TOKEN', valueFrom: '/sd-builds/7' }],
            mountPoints: [{ sourceVolume: 'sd-7', containerPath: '/opt/sd', readOnly: true }],
            stopTimeout: 60
        });
        // 90 minutes, the grace time of a minute, and half an hour for those who should end it before.
        expect(deadline).to.deep.include({ essential: true, entryPoint: ['sleep'], command: ['7260'], stopTimeout: 2 });
    });

    it('has no token, and has the variables of the job tools', () => {
        const definition = definitionOf(config, {}, settings());
        const { environment = [] } = definition.containerDefinitions?.[1] ?? {};
        const values = Object.fromEntries(environment.map(({ name, value }) => [name, value]));

        expect(JSON.stringify(definition)).not.to.contain('temporal');
        expect(values).to.deep.equal({
            MOUNT_POINT: '/opt/sd',
            CONTAINER_IMAGE: 'node:20',
            CONTAINER_CPU_LIMIT: '2',
            CONTAINER_MEMORY_LIMIT: String(4 * 1024 ** 3),
            SD_BUILD_PREFIX: 'sd-',
            SD_BASE_COMMAND_PATH: '/sd/commands/',
            SD_TEMP: '/tmp',
            SD_TERMINATION_GRACE_PERIOD_SECONDS: '60',
            SD_PIPELINE_ID: '3',
            SD_BUILD_TIMEOUT: '90'
        });
    });

    it('runs the official job tools with store and UI', () => {
        const ecosystem = { store: 'https://store.example.com', ui: 'https://ui.example.com' };
        const { containerDefinitions = [] } = definitionOf(config, {}, settings({ jobTools: 'official', ecosystem }));

        expect(containerDefinitions[1]?.entryPoint).to.deep.equal(['/opt/sd/dumb-init']);
        expect(containerDefinitions[1]?.command?.slice(-5)).to.deep.equal([
            'https://api.example.com',
            'https://store.example.com',
            '7',
            '--ui-uri',
            'https://ui.example.com'
        ]);
    });

    for (const [asked, cpu, memory] of [
        [{}, 2048, 4096],
        [{ cpu: 'MICRO', ram: 'MICRO' }, 512, 1024],
        [{ cpu: 0.1, ram: 0.1 }, 256, 512],
        [{ cpu: 0.25, ram: 3 }, 512, 3072],
        [{ cpu: 'HIGH', ram: 'HIGH' }, 8192, 16384],
        [{ cpu: 'TURBO', ram: 'TURBO' }, 16384, 32768],
        [{ cpu: 1, ram: 33 }, 8192, 36864],
        [{ cpu: 99, ram: 999 }, 16384, 122880]
    ] as const) {
        it(`takes the smallest size of Fargate for ${JSON.stringify(asked)}`, () => {
            expect(sizeOf(annotations(asked), settings())).to.deep.equal({ cpu, memory });
        });
    }

    it('takes sizes as requested on EC2', () => {
        expect(sizeOf(annotations({ cpu: 0.3, ram: 1.5 }), settings({ launchType: 'EC2' }))).to.deep.equal({
            cpu: 308,
            memory: 1536
        });
    });

    it('requests a disk that is larger than the default of Fargate, up to its limit', () => {
        const disks = [undefined, 'LOW', 10, 'HIGH', '30.5', 999, 'NONSENSE'].map(disk => diskOf({ disk }, settings()));

        expect(disks).to.deep.equal([undefined, undefined, undefined, 50, 31, 200, undefined]);
        expect(diskOf({ disk: 50 }, settings({ launchType: 'EC2' }))).to.equal(undefined);
    });

    it('gives a build at most 120 seconds to end on Fargate', () => {
        const grace = annotations({ terminationGracePeriodSeconds: 900 });
        const [fargate, ec2] = (['FARGATE', 'EC2'] as const).map(launchType =>
            definitionOf({ ...config, annotations: grace }, {}, settings({ launchType }))
        );

        expect(fargate?.containerDefinitions?.[1]?.stopTimeout).to.equal(120);
        expect(ec2?.containerDefinitions?.[1]?.stopTimeout).to.equal(900);
    });
});

function annotations(asked: object) {
    return Object.fromEntries(Object.entries(asked).map(([name, value]) => [`screwdriver.cd/${name}`, value]));
}
