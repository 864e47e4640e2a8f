import { randomBytes } from 'node:crypto';
import { jwt } from '../support/configs';

/** A JWT with the API's claims and length, but without a valid signature, which the exchange does not verify. */
export function token(scope?: unknown): string {
    const claims = { username: 7, scope, scmContext: 'github:github.com', isPR: false, jobId: 1, jti: randomBytes(9) };

    return jwt(claims, randomBytes(256));
}
