import realConfigs = require('../fixtures/real-configs.json');
import type { StartConfig, StatusConfig, StopConfig } from 'screwdriver-executor-base';

/** A token as the API makes them, with claims of its own; its signature is nobody's. */
export function jwt(claims: object, signature: string | Uint8Array = 'signature-of-nobody'): string {
    const [header, body] = [{ alg: 'RS256', typ: 'JWT' }, claims].map(part =>
        Buffer.from(JSON.stringify(part)).toString('base64url')
    );

    return `${header}.${body}.${Buffer.from(signature).toString('base64url')}`;
}

/** What the real API passed to `start`, as it was recorded, with methods where it had methods. */
export function startConfig(overrides: Record<string, unknown> = {}): StartConfig {
    const { config } = realConfigs.calls.start;

    return {
        ...structuredClone(config),
        build: { id: config.buildId, update: () => Promise.resolve() },
        tokenGen: () => 'token',
        ...overrides
    } as StartConfig;
}

/** What the real API passed to `stop`. */
export function stopConfig(overrides: Record<string, unknown> = {}): StopConfig {
    return { ...structuredClone(realConfigs.calls.stop.config), ...overrides };
}

/** The real API does not call `status`: the keys that data-schema lists, with the values it passes to `stop`. */
export function statusConfig(overrides: Record<string, unknown> = {}): StatusConfig {
    const { buildId, token, pipelineId, jobId } = stopConfig();

    return { buildId, token, pipelineId, jobId, ...overrides };
}
