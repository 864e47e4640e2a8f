import { randomBytes } from 'node:crypto';
import { jwt } from '../support/configs';

/** A JWT as the API makes it, claims and length, but for its signature: the exchange does not verify any. */
export function token(scope?: unknown): string {
    const claims = { username: 7, scope, scmContext: 'github:github.com', isPR: false, jobId: 1, jti: randomBytes(9) };

    return jwt(claims, randomBytes(256));
}
