import { ECS, type Task } from '@aws-sdk/client-ecs';
import { SSM } from '@aws-sdk/client-ssm';
import type { ClientConfig } from '../lib/aws';

export type { Task };

/** The clients of the SDK, without retries. */
export function clientsWith(config: ClientConfig) {
    return { ecs: new ECS({ ...config, maxAttempts: 1 }), ssm: new SSM({ ...config, maxAttempts: 1 }) };
}
