const MASK = '***';
/** A run of this many characters that a text shares with the secret counts as a part of it. */
const SHARED = 8;
const JWT = /eyJ[\w-]{5,}(?:\.[\w-]*){0,2}/g;

/** A line break, or its escape, before a character of a token. The count of backslashes is bounded for speed. */
const BREAK = /(?:\r?\n|(?:\\{1,4}r)?\\{1,4}n)(?=[\w+/=.-])/g;
/** What precedes a break that folds a long word. The start of a JWT may be short, if the line began earlier. */
const LONG = /[\w+/=.-]{20}$|eyJ[\w-]*$/;

/** A range in a text, the end excluded. */
type Span = [from: number, to: number];

/**
 * A function that replaces every trace of the secret in a text by `***`: the whole secret and every part of {@link
 * SHARED} characters or more, plain and in base64, and everything else that looks like a JWT, even if it is folded.
 *
 * It runs in linear time, since a text may be as long as what somebody sent.
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

    // Whole JWTs first: the tokens of one API share their header, and without it the rest does not look like a JWT.
    return text => hide(text, unfolded => joined([...jwtsIn(unfolded), ...parts.in(unfolded, shortest)]));
}

/**
 * Masks secrets in a text for an error or a log: `***` replaces every JWT and every trace of the token, plain and in
 * base64, folded or not.
 *
 * @param token a known credential of eight characters or more that the text may contain
 */
export function withoutSecrets(text: string, token = ''): string {
    return masking(token)(String(text));
}

/** Every run of {@link SHARED} characters of some texts, to find them in another text. */
class Parts {
    readonly #parts = new Set<string>();
    /** Whether a run may be one of them, by its hash. */
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

/** A hash of the last eight characters: every further character shifts it by four of its thirty-two bits. */
function hashed(hash: number, code: number): number {
    return (hash << 4) ^ code;
}

function slot(hash: number): number {
    return Math.imul(hash, 0x9e3779b1) >>> 16;
}

/** Treats base64 as base64url. */
function normalized(text: string): string {
    return text.replaceAll('+', '-').replaceAll('/', '_');
}

function normal(code: number): number {
    if (code === 43) return 45;

    return code === 47 ? 95 : code;
}

/** The secret in base64url inside something longer: it may begin at any of the three bytes in four characters. */
function encodings(secret: string): string[] {
    return [0, 1, 2].map(offset => {
        const bytes = Buffer.concat([Buffer.alloc(offset), Buffer.from(secret)]);

        // Leaves out the characters that contain bits of what precedes or follows it.
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

/** Adds a span that begins after the others, merged with the last one if they touch or overlap. */
function add(spans: Span[], from: number, to: number): void {
    const last = spans.at(-1);

    if (last && from <= last[1]) last[1] = Math.max(last[1], to);
    else spans.push([from, to]);
}

/** The breaks that fold a long word, as mail and PEM fold base64. */
function foldsIn(text: string): Span[] {
    return [...text.matchAll(BREAK)]
        .filter(({ index }) => LONG.test(text.slice(Math.max(0, index - 20), index)))
        .map(({ index, 0: fold }) => [index, index + fold.length]);
}

/** Masks what `find` finds in the unfolded text, including the folds within. */
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
