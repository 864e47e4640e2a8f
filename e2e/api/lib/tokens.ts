import { randomUUID, type KeyLike } from 'node:crypto';
import { SCM_CONTEXT } from './records';

/** The part of jsonwebtoken that is used here. It is in the API's tree, which exists once the API is installed. */
interface JsonWebToken {
    sign(payload: object, key: KeyLike, options: object): string;
    verify(token: string, key: KeyLike, options: object): any;
}

const jwt = () => require('jsonwebtoken') as JsonWebToken;

/** A JWT as the API makes it for an executor, with the given claims changed. */
export function temporalToken(
    privateKey: KeyLike,
    { buildId, jobId, eventId, pipelineId, ...claims }: Record<string, unknown>
): string {
    const payload = {
        username: buildId,
        scmContext: SCM_CONTEXT,
        scope: ['temporal'],
        isPR: false,
        jobId,
        eventId,
        pipelineId,
        exp: Math.floor(Date.now() / 1000) + 12 * 60 * 60,
        jti: randomUUID(),
        ...claims
    };

    return jwt().sign(payload, privateKey, { algorithm: 'RS256' });
}

/** A JWT of a user, who may abort builds. */
export function userToken(privateKey: KeyLike, user: { username: string; scmContext: string }): string {
    return jwt().sign({ ...user, scope: ['user'] }, privateKey, { algorithm: 'RS256', expiresIn: '2h' });
}

/** The claims of a token that was signed with this key. Throws for any other token. */
export function verified(token: string, publicKey: KeyLike): any {
    return jwt().verify(token, publicKey, { algorithms: ['RS256'] });
}
