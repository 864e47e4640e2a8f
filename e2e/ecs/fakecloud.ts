import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { freePort } from '../../test/support/free-port';
import { until } from '../support/until';

const PROGRAM = process.env.FAKECLOUD ?? 'fakecloud';
const REGION = 'eu-central-1';
const TARGETS = { ecs: 'AmazonEC2ContainerServiceV20141113', ssm: 'AmazonSSM' };

/** The emulator of AWS on loopback. It runs tasks on the engine of DOCKER_HOST. */
export async function startFakecloud() {
    const address = `127.0.0.1:${await freePort()}`;
    const endpoint = `http://${address}`;
    const emulator = spawn(PROGRAM, ['--addr', address, '--region', REGION, '--log-level', 'error'], {
        stdio: 'ignore'
    });

    async function ask(service: keyof typeof TARGETS, operation: string, body: object = {}): Promise<any> {
        const answer = await fetch(endpoint, {
            method: 'POST',
            headers: {
                'content-type': 'application/x-amz-json-1.1',
                'x-amz-target': `${TARGETS[service]}.${operation}`,
                // The emulator reads only the service and the region.
                authorization: `AWS4-HMAC-SHA256 Credential=test/20260101/${REGION}/${service}/aws4_request, SignedHeaders=host, Signature=0`
            },
            body: JSON.stringify(body)
        });
        const json = await answer.json();

        if (!answer.ok) throw new Error(`${operation}: ${JSON.stringify(json)}`);

        return json;
    }

    await until('fakecloud', () =>
        fetch(`${endpoint}/_fakecloud/health`).then(
            ({ ok }) => ok,
            () => false
        )
    );
    await ask('ecs', 'CreateCluster', { clusterName: 'default' });

    return {
        ask,
        endpoint,
        /** What the SDK needs to get here. */
        clientAt: (uri = endpoint) => ({
            region: REGION,
            endpoint: uri,
            credentials: { accessKeyId: 'test', secretAccessKey: 'test' }
        }),
        async close() {
            emulator.kill();
            await once(emulator, 'exit');
        }
    };
}

/** Throws if the program is missing. */
export function mustHaveFakecloud() {
    const { error } = spawnSync(PROGRAM, ['--version'], { stdio: 'ignore' });

    if (error) throw error;
}
