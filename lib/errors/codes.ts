import type { ErrorKind } from './kinds';

export type Verdict = [kind: ErrorKind, retryable: boolean];

/**
 * Codes of Node, got, request, axios and undici, and the names of errors that have no code. Earlier rows take
 * precedence.
 */
const FAMILIES: Array<[verdict: Verdict, codes: string]> = [
    [['cancelled', false], 'ABORT_ERR AbortError ERR_CANCELED CancelError CanceledError UND_ERR_ABORTED'],
    [
        ['timeout', true],
        `ETIMEDOUT ESOCKETTIMEDOUT ECONNABORTED ETIME ETIMEOUT TimeoutError ERR_HTTP_REQUEST_TIMEOUT
        ERR_SOCKET_CONNECTION_TIMEOUT ERR_TLS_HANDSHAKE_TIMEOUT UND_ERR_CONNECT_TIMEOUT UND_ERR_HEADERS_TIMEOUT
        UND_ERR_BODY_TIMEOUT`
    ],
    [
        ['capacity', true],
        // EADDRNOTAVAIL: no local port is free.
        `EMFILE ENFILE ENOMEM ENOSPC EDQUOT EAGAIN EWOULDBLOCK ENOBUFS ENOSR ENOLCK EADDRNOTAVAIL EAI_MEMORY OUT_OF_MEM
        ERR_HTTP2_NO_MEM ERR_HTTP2_OUT_OF_STREAMS ERR_MEMORY_ALLOCATION_FAILED ERR_WORKER_INIT_FAILED
        ERR_WORKER_OUT_OF_MEMORY`
    ],
    [
        ['engine', true],
        // If a name is not found, it may be wrong, or the DNS server may not know it yet.
        `ECONNREFUSED ECONNRESET EPIPE EHOSTUNREACH EHOSTDOWN ENETUNREACH ENETDOWN ENETRESET ENONET ENOTCONN ESHUTDOWN
        ENOLINK EREMOTEIO ESTALE EIO EBUSY ETXTBSY EOF ECANCELED
        ENOTFOUND ENODATA ESERVFAIL EREFUSED EBADRESP EFORMERR EFILE ECANCELLED EDESTRUCTION
        EAI_AGAIN EAI_CANCELED EAI_FAIL EAI_NODATA EAI_NONAME
        ERR_STREAM_PREMATURE_CLOSE ERR_SOCKET_CLOSED ERR_SOCKET_CLOSED_BEFORE_CONNECTION ERR_PROXY_TUNNEL
        ERR_HTTP2_ERROR ERR_HTTP2_GOAWAY_SESSION ERR_HTTP2_INVALID_SESSION ERR_HTTP2_MAX_PENDING_SETTINGS_ACK
        ERR_HTTP2_PING_CANCEL ERR_HTTP2_SESSION_ERROR ERR_HTTP2_SETTINGS_CANCEL ERR_HTTP2_SOCKET_UNBOUND
        ERR_HTTP2_STREAM_CANCEL ERR_HTTP2_STREAM_ERROR ERR_HTTP2_TOO_MANY_INVALID_FRAMES
        ERR_QUIC_APPLICATION_ERROR ERR_QUIC_CONNECTION_FAILED ERR_QUIC_STREAM_ABORTED ERR_QUIC_STREAM_RESET
        ERR_QUIC_TRANSPORT_ERROR UND_ERR_SOCKET UND_ERR_HEADERS_OVERFLOW UND_ERR_RES_CONTENT_LENGTH_MISMATCH`
    ],
    [
        ['configuration', false],
        `ENOENT EACCES EPERM ENOTDIR EISDIR ENOEXEC ELOOP ENAMETOOLONG EROFS E2BIG EADDRINUSE EAFNOSUPPORT EPROTONOSUPPORT
        EBADNAME HPE_INVALID_CONSTANT HPE_INVALID_VERSION
        ERR_ACCESS_DENIED ERR_INVALID_ADDRESS ERR_INVALID_ADDRESS_FAMILY ERR_INVALID_ARG_TYPE ERR_INVALID_ARG_VALUE
        ERR_INVALID_CHAR ERR_INVALID_HTTP_TOKEN ERR_INVALID_IP_ADDRESS ERR_INVALID_PROTOCOL ERR_INVALID_URL
        ERR_INVALID_URL_SCHEME ERR_IP_BLOCKED ERR_HTTP2_UNSUPPORTED_PROTOCOL ERR_PROXY_INVALID_CONFIG
        ERR_QUIC_VERSION_NEGOTIATION_ERROR ERR_SOCKET_BAD_PORT ERR_UNESCAPED_CHARACTERS UND_ERR_INVALID_ARG
        ValidationError`
    ]
];

const VERDICTS = new Map<string, Verdict>();

for (const [verdict, codes] of FAMILIES) for (const code of codes.split(/\s+/)) VERDICTS.set(code, verdict);

/** Certificates, and peers that do not speak TLS at all (EPROTO). OpenSSL has too many reasons to list. */
const TLS =
    /^(?:EPROTO|ERR_(?:TLS|SSL|OSSL)_\w+|CERT_\w+|CRL_\w+|ERROR_IN_C\w+|UNABLE_TO_\w+|DEPTH_ZERO_\w+|SELF_SIGNED_\w+|INVALID_CA|INVALID_PURPOSE|PATH_LENGTH_EXCEEDED|HOSTNAME_MISMATCH)$/;

/** Whether the TLS handshake failed. */
export function isTlsCode(code: string): boolean {
    return TLS.test(code) && !VERDICTS.has(code);
}

/** Undefined for an unknown code. */
export function verdictOf(code: string): Verdict | undefined {
    const verdict = VERDICTS.get(code);

    if (verdict) return verdict;
    if (isTlsCode(code)) return ['configuration', false];

    // From the HTTP parser: a gateway that restarts breaks off its answers.
    return code.startsWith('HPE_') ? ['engine', true] : undefined;
}
