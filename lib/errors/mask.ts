const MASK = '***';
/** Runs this long that a text shares with the secret are taken for a part of it. */
const SHARED = 8;
const JWT = /eyJ[\w-]{5,}(?:\.[\w-]*){0,2}/g;

/**
 * The text with every trace of the secret replaced by `***`: the whole of it, every part of {@link SHARED} characters
 * or more, and whatever else looks like a JWT.
 */
export function mask(text: string, secret: string): string {
    if (secret === '') return text.replace(JWT, MASK);
    const size = Math.min(SHARED, secret.length);
    const parts = new Set<string>();

    for (let at = 0; at + size <= secret.length; at += 1) parts.add(secret.slice(at, at + size));

    let masked = '';
    let shownTo = 0;
    let hiddenTo = 0;

    for (let at = 0; at + size <= text.length; at += 1) {
        if (!parts.has(text.slice(at, at + size))) continue;
        if (at >= hiddenTo) {
            masked += text.slice(shownTo, at) + MASK;
        }
        hiddenTo = at + size;
        shownTo = hiddenTo;
    }

    return (masked + text.slice(shownTo)).replace(JWT, MASK);
}
