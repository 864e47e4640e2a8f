import { randomBytes } from 'node:crypto';

/** A JWT as the API makes it, claims and length, but for its signature: the exchange does not verify any. */
export function token(scope?: unknown): string {
    const claims = { username: 7, scope, scmContext: 'github:github.com', isPR: false, jobId: 1, jti: randomBytes(9) };
    const [header, payload] = [{ alg: 'RS256', typ: 'JWT' }, claims].map(part =>
        Buffer.from(JSON.stringify(part)).toString('base64url')
    );

    return `${header}.${payload}.${randomBytes(256).toString('base64url')}`;
}
