import { generateKeyPair, sign, verify, type KeyObject } from 'node:crypto';
import { promisify } from 'node:util';

/** The claims of a JWT. */
export type Claims = Record<string, unknown>;

/** The keys that sign and check the tokens of an API. */
export interface KeyPair {
    privateKey: KeyObject;
    publicKey: KeyObject;
}

export function generateKeys(): Promise<KeyPair> {
    return promisify(generateKeyPair)('rsa', { modulusLength: 2048 });
}

function encode(part: object): string {
    return Buffer.from(JSON.stringify(part)).toString('base64url');
}

function decode(part: string | undefined): Claims {
    return JSON.parse(Buffer.from(part ?? '', 'base64url').toString()) as Claims;
}

/** An RS256 JWT, as the Screwdriver API signs them. */
export function signToken(claims: Claims, { privateKey }: KeyPair): string {
    const content = `${encode({ alg: 'RS256', typ: 'JWT' })}.${encode(claims)}`;

    return `${content}.${sign('RSA-SHA256', Buffer.from(content), privateKey).toString('base64url')}`;
}

/** The claims of a token that these keys have signed; undefined for any other string. The caller checks the expiry. */
export function verifyToken(token: string, { publicKey }: KeyPair): Claims | undefined {
    const [header, claims, signature = '', ...rest] = token.split('.');

    try {
        const content = Buffer.from(`${header}.${claims}`);
        const isSigned = verify('RSA-SHA256', content, publicKey, Buffer.from(signature, 'base64url'));

        return rest.length === 0 && decode(header).alg === 'RS256' && isSigned ? decode(claims) : undefined;
    } catch {
        return undefined;
    }
}
