const MASK = '***';
/** Runs this long that a text shares with the secret are taken for a part of it. */
const SHARED = 8;
const JWT = /eyJ[\w-]{5,}(?:\.[\w-]*){0,2}/g;

/** A line break, or its escape, before a character of a token. The count of backslashes is bounded for speed. */
const BREAK = /(?:\r?\n|(?:\\{1,4}r)?\\{1,4}n)(?=[\w+/=.-])/g;
/** What stands before a break that folds a long word. A JWT's own start may be short: its line may begin earlier. */
const LONG = /[\w+/=.-]{20}$|eyJ[\w-]*$/;

/** From one place in a text to another, the second excluded. */
type Span = [from: number, to: number];

/**
 * What replaces every trace of the secret in a text by `***`: the whole of it and every part of {@link SHARED}
 * characters or more, as it is and in base64; and whatever else looks like a JWT. All of it folded, too.
 *
 * It takes time in proportion to the text: a text may be as long as what somebody sent.
 *
 * @param shortest how long a part of the secret must be to count, at least {@link SHARED}
 */
export function masking(secret: string, shortest = SHARED): (text: string) => string {
    if (secret.length < SHARED) {
        return text => {
            const masked = hide(text, jwtsIn);

            return secret === '' ? masked : masked.replaceAll(secret, MASK);
        };
    }
    const parts = new Parts([secret, ...encodings(secret)]);

    // JWTs whole and first: tokens of one API share their header, and without it the rest is no longer known for one.
    return text => hide(text, unfolded => joined([...jwtsIn(unfolded), ...parts.in(unfolded, shortest)]));
}

/**
 * A text without secrets, for an error or a log: `***` stands for every JWT in it and for every trace of the token, as
 * it is and in base64, folded or not.
 *
 * @param token a credential that may stand in the text and is known, of eight characters or more
 */
export function withoutSecrets(text: string, token = ''): string {
    return masking(token)(String(text));
}

/** Every run of {@link SHARED} characters of some texts, to be found in another. */
class Parts {
    readonly #parts = new Set<string>();
    /** Whether a run may be one of them, by a hash of it. */
    readonly #hashes = new Uint8Array(2 ** 16);

    constructor(texts: string[]) {
        for (const text of texts.map(normalized)) {
            for (let at = 0; at + SHARED <= text.length; at += 1) {
                const part = text.slice(at, at + SHARED);
                let hash = 0;

                for (let index = 0; index < SHARED; index += 1) hash = hashed(hash, part.charCodeAt(index));
                this.#parts.add(part);
                this.#hashes[slot(hash)] = 1;
            }
        }
    }

    in(text: string, shortest: number): Span[] {
        const spans: Span[] = [];
        let hash = 0;

        for (let to = 1; to <= text.length; to += 1) {
            hash = hashed(hash, normal(text.charCodeAt(to - 1)));
            if (this.#hashes[slot(hash)] === 0) continue;
            const from = to - SHARED;

            if (from >= 0 && this.#parts.has(normalized(text.slice(from, to)))) add(spans, from, to);
        }

        return spans.filter(([from, to]) => to - from >= shortest);
    }
}

/** A hash of the last eight characters: each moves on by four bits of thirty-two with every further one. */
function hashed(hash: number, code: number): number {
    return (hash << 4) ^ code;
}

function slot(hash: number): number {
    return Math.imul(hash, 0x9e3779b1) >>> 16;
}

/** base64url stands for base64. */
function normalized(text: string): string {
    return text.replaceAll('+', '-').replaceAll('/', '_');
}

function normal(code: number): number {
    if (code === 43) return 45;

    return code === 47 ? 95 : code;
}

/** The secret in base64url, within something longer: it may begin at any of the three bytes that four characters hold. */
function encodings(secret: string): string[] {
    return [0, 1, 2].map(offset => {
        const bytes = Buffer.concat([Buffer.alloc(offset), Buffer.from(secret)]);

        // The characters that hold bits of what stands before or after it are left out.
        return bytes.toString('base64url').slice(Math.ceil((offset * 4) / 3), Math.floor((bytes.length * 4) / 3));
    });
}

function jwtsIn(text: string): Span[] {
    return [...text.matchAll(JWT)].map(({ index, 0: jwt }) => [index, index + jwt.length]);
}

function joined(spans: Span[]): Span[] {
    const all: Span[] = [];

    for (const [from, to] of spans.sort(([a], [b]) => a - b)) add(all, from, to);

    return all;
}

/** Adds a span that begins after the others. What it touches or overlaps, it continues. */
function add(spans: Span[], from: number, to: number): void {
    const last = spans.at(-1);

    if (last && from <= last[1]) last[1] = Math.max(last[1], to);
    else spans.push([from, to]);
}

/** Where a long word is folded, as mail and PEM fold base64. */
function foldsIn(text: string): Span[] {
    return [...text.matchAll(BREAK)]
        .filter(({ index }) => LONG.test(text.slice(Math.max(0, index - 20), index)))
        .map(({ index, 0: fold }) => [index, index + fold.length]);
}

/** Masks what is found in the text once it is unfolded, and the folds within. */
function hide(text: string, find: (unfolded: string) => Span[]): string {
    const folds = foldsIn(text);
    const kept = folds.map(([from], index) => text.slice(folds[index - 1]?.[1], from));
    const unfolded = [...kept, text.slice(folds.at(-1)?.[1])].join('');
    let masked = '';
    let shownTo = 0;
    let passed = 0;
    let shift = 0;
    const original = (at: number) => {
        for (; passed < folds.length && folds[passed]![0] <= at + shift; passed += 1) {
            shift += folds[passed]![1] - folds[passed]![0];
        }

        return at + shift;
    };

    for (const [from, to] of find(unfolded)) {
        masked += text.slice(shownTo, original(from)) + MASK;
        shownTo = original(to - 1) + 1;
    }

    return masked + text.slice(shownTo);
}
