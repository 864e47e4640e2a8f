import { execFileSync } from 'node:child_process';
import * as dns from 'node:dns';
import { constants as http2 } from 'node:http2';
import { constants } from 'node:os';
import { getSystemErrorMap } from 'node:util';
import { expect } from 'chai';
import { isRetryable, kindOf } from 'screwdriver-executor-base';
import { DECISIONS } from './decisions';

const decided = new Map(
    DECISIONS.flatMap(([kind, retryable, codes]) =>
        codes.split(/\s+/).map(code => [code, { kind, retryable }] as const)
    )
);

function verdictOf(properties: object): unknown {
    const error = Object.assign(new Error('failed'), properties);

    return { kind: kindOf(error), retryable: isRetryable(error) };
}

/** The codes of Node's own errors, which only its internals list. */
function ownCodes(): string[] {
    const list = "console.log(Object.keys(require('internal/errors').codes).join())";

    return execFileSync(process.execPath, ['--expose-internals', '-e', list], { encoding: 'utf8' })
        .trim()
        .split(',')
        .filter(code => code.startsWith('ERR_'));
}

function isErrorCode(value: unknown): value is string {
    return typeof value === 'string' && /^E[A-Z]/.test(value);
}

describe('the codes of errors', () => {
    for (const [source, codes] of Object.entries({
        'the system': [...Object.keys(constants.errno), ...[...getSystemErrorMap().values()].map(([name]) => name)],
        DNS: Object.values<unknown>({ ...dns }).filter(isErrorCode),
        Node: ownCodes()
    })) {
        it(`of ${source} are all decided, those of this Node included`, () => {
            expect(codes).to.have.length.above(20);
            expect(codes.filter(code => !decided.has(code))).to.deep.equal([]);
        });
    }

    it('have the decided kind', () => {
        for (const [code, verdict] of decided) expect(verdictOf({ code }), code).to.deep.equal(verdict);
    });

    it('are read in the same way if a client puts them into the name', () => {
        for (const name of ['AbortError', 'TimeoutError', 'CancelError', 'ValidationError']) {
            expect(verdictOf({ name }), name).to.not.deep.equal({ kind: 'internal', retryable: false });
        }
    });

    it('of HTTP/2 have the kind of their reason', () => {
        const reasons = Object.keys(http2).filter(
            name => /^NGHTTP2_[A-Z_0-9]+$/.test(name) && Object.hasOwn(REASONS, name.slice(8))
        );

        expect(reasons).to.have.length.above(10);
        for (const name of reasons) {
            const message = `Stream closed with error code ${name}`;

            expect(verdictOf({ code: 'ERR_HTTP2_STREAM_ERROR', message }), name).to.deep.equal(REASONS[name.slice(8)]);
        }
    });

    it('of HTTP/2 have all their reasons decided', () => {
        const codes = Object.entries(http2)
            .filter(([name, value]) => /^NGHTTP2_[A-Z_0-9]+$/.test(name) && Number(value) >= 0 && Number(value) <= 13)
            .filter(
                ([name]) => !/^NGHTTP2_(ERR|NV|SETTINGS|SESSION|STREAM|HCAT|FLAG|DEFAULT|MAX|MIN|PRIORITY)/.test(name)
            )
            .map(([name]) => name.slice(8));

        expect(codes.filter(name => !Object.hasOwn(REASONS, name))).to.deep.equal([]);
    });
});

const engine = { kind: 'engine', retryable: true };
const configuration = { kind: 'configuration', retryable: false };

/** RFC 9113, 7. */
const REASONS: Record<string, object> = {
    NO_ERROR: engine,
    PROTOCOL_ERROR: engine,
    INTERNAL_ERROR: engine,
    FLOW_CONTROL_ERROR: engine,
    SETTINGS_TIMEOUT: engine,
    STREAM_CLOSED: engine,
    FRAME_SIZE_ERROR: engine,
    REFUSED_STREAM: engine,
    CANCEL: engine,
    COMPRESSION_ERROR: engine,
    CONNECT_ERROR: engine,
    ENHANCE_YOUR_CALM: { kind: 'capacity', retryable: true },
    INADEQUATE_SECURITY: configuration,
    HTTP_1_1_REQUIRED: configuration
};
