import { createServer, type AddressInfo } from 'node:net';
import { once } from 'node:events';
import { after, before, describe, it } from 'mocha';
import { conformance, ENGINE_ANNOTATIONS } from 'screwdriver-executor-base/conformance';
import EcsExecutor = require('../lib/executor');
import { clientFor, startAws } from './aws-server';
import { OPTIONS } from './options';

describe('ECS executor: the kit', () => {
    /** Accepts connections and never answers. */
    const silent = createServer(() => {});
    const lines: string[] = [];
    let aws: Awaited<ReturnType<typeof startAws>>;

    before(async () => {
        aws = await startAws();
        await once(silent.listen(0, '127.0.0.1'), 'listening');
    });
    after(async () => {
        silent.close();
        await aws.close();
    });

    const build = (buildId: number) =>
        definition(buildId).containerDefinitions.find((one: any) => one.name === 'build');
    const definition = (buildId: number) =>
        [...aws.state.definitions.values()].filter(({ family }) => family === `sd-${buildId}`).at(-1) as any;

    conformance<EcsExecutor>({
        describe,
        it,
        factory: () => executor(aws.client),
        second: () => executor(aws.client),
        engineDown: () => executor(clientFor(1), { awaySeconds: 0 }),
        engineSlow: () =>
            executor(clientFor((silent.address() as AddressInfo).port), { answerTimeout: 300, awaySeconds: 0 }),
        complete: true,
        observe: {
            running: (_executor, buildId) => aws.state.running(`sd-${buildId}`),
            args: (_executor, buildId) => definition(buildId),
            logs: () => lines
        },
        annotations: {
            ...Object.fromEntries(ENGINE_ANNOTATIONS.map(name => [name, 'ignored'])),
            cpu: { value: 'MICRO', honoured: (_executor, buildId) => definition(buildId).cpu === '512' },
            ram: { value: 12, honoured: (_executor, buildId) => definition(buildId).memory === '12288' },
            disk: {
                value: 'HIGH',
                honoured: (_executor, buildId) => definition(buildId).ephemeralStorage.sizeInGiB === 50
            },
            timeout: { value: 20, honoured: (_executor, buildId) => minutesOf(buildId) === 51 },
            terminationGracePeriodSeconds: {
                value: 90,
                honoured: (_executor, buildId) => build(buildId).stopTimeout === 90
            }
        },
        gracePeriod: 100
    });

    function executor(client: object, more: object = {}) {
        return new EcsExecutor({ ...OPTIONS, client, log: line => lines.push(line), ...more });
    }

    /** The lifetime of the token that ECS has given the build. */
    function minutesOf(buildId: number) {
        const [, payload = ''] = (aws.state.secrets.get(`sd-${buildId}`) ?? '').split('.');
        const { iat, exp } = JSON.parse(Buffer.from(payload, 'base64url').toString());

        return (exp - iat) / 60;
    }
});
