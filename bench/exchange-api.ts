import { fork, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { next } from './turns';

/** The environment that clients need to trust the server over TLS. */
export const TRUSTING = {
    ...process.env,
    NODE_EXTRA_CA_CERTS: join(__dirname, '..', 'test', 'exchange', 'certificates', 'authority.pem')
};

/** A JWT of the API's length; nobody verifies it. */
export function token(scope: string): string {
    const part = (claims: object) => Buffer.from(JSON.stringify(claims)).toString('base64url');
    const claims = { username: 7, scope: [scope], scmContext: 'github:github.com', isPR: false, jobId: 1, eventId: 1 };

    return `${part({ alg: 'RS256', typ: 'JWT' })}.${part(claims)}.${randomBytes(256).toString('base64url')}`;
}

/** Starts the token API in a separate process. Resolves with its addresses by protocol. */
export async function startApi(): Promise<{ server: ChildProcess; uris: Record<'http' | 'https', string> }> {
    const server = fork(join(__dirname, 'exchange-server.ts'), [token('build')], { execArgv: ['-r', 'tsx/cjs'] });

    return { server, uris: await next(server) };
}
