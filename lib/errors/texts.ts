import type { Verdict } from './codes';

/** Engines report these only as text, with any status. The first match counts, so causes come before their effects. */
const TEXTS: Array<[text: RegExp, verdict: Verdict]> = [
    [
        /exceeded quota|insufficient (cpu|memory)|no space left|out of memory|toomanyrequests|429 Too Many Requests|NGHTTP2_ENHANCE_YOUR_CALM/i,
        ['capacity', true]
    ],
    [/i\/o timeout|context deadline exceeded|TLS handshake timeout/i, ['timeout', true]],
    [
        /dial tcp\b.*(connection refused|no route to host|network is unreachable|no such host)|(read|write) tcp\b.*(connection reset|broken pipe)|unexpected EOF|\bGOAWAY\b/i,
        ['engine', true]
    ],
    [/NGHTTP2_(INADEQUATE_SECURITY|HTTP_1_1_REQUIRED)/, ['configuration', false]],
    [
        /no such image|manifest (unknown|for )|pull access denied|ErrImagePull|ImagePullBackOff|InvalidImageName|invalid reference format/i,
        ['image', false]
    ]
];

/** Undefined for an unknown text. */
export function verdictOfText(text: string): Verdict | undefined {
    return TEXTS.find(([pattern]) => pattern.test(text))?.[1];
}
