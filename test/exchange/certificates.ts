import { createHash, createPrivateKey } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export type CertificateName = 'authority' | 'trusted' | 'expired' | 'wrong-host' | 'self-signed';

/** The DER of an Ed25519 private key up to its 32 bytes of seed: RFC 8410. */
const ED25519 = Buffer.from('302e020100300506032b657004220420', 'hex');

/** A certificate of this folder, PEM. All but `self-signed` are signed by `authority`. */
export function certificate(name: CertificateName): string {
    return readFileSync(join(__dirname, 'certificates', `${name}.pem`), 'utf8');
}

/** Its key, PEM. Computed from the name, so that no key has to be stored. */
export function keyOf(name: CertificateName): string {
    const seed = createHash('sha256').update(name).digest();
    const key = createPrivateKey({ key: Buffer.concat([ED25519, seed]), format: 'der', type: 'pkcs8' });

    return key.export({ format: 'pem', type: 'pkcs8' }).toString();
}
