import { pipeline, type Readable, type Transform } from 'node:stream';
import type { IncomingMessage } from 'node:http';
import type * as zlib from 'node:zlib';

/** The most of a body that is read, in bytes after decompression: a token takes about one thousand. */
const LARGEST = 1_048_576;

/** The code of what {@link readBody} rejects with for a body beyond the bound. */
export const TOO_LARGE = 'ANSWER_TOO_LARGE';

/** An answer's body as text. Where it rejects, the connection is the caller's to close. */
export function readBody(response: IncomingMessage): Promise<string> {
    const body = decompressed(response);
    const chunks: Buffer[] = [];
    let size = 0;

    return new Promise((resolve, reject) => {
        body.on('data', (chunk: Buffer) => {
            size += chunk.length;
            if (size <= LARGEST) chunks.push(chunk);
            else reject(Object.assign(new Error('the answer is too large'), { code: TOO_LARGE }));
        });
        body.on('end', () => resolve(Buffer.concat(chunks).toString()));
        body.on('error', reject);
    });
}

/** Compression is not asked for, but some proxies compress all the same. */
function decompressed(response: IncomingMessage): Readable {
    const coding = String(response.headers['content-encoding']).toLowerCase();
    const make = /^(x-)?gzip$|^deflate$|^br$/.test(coding) && decoder(coding);

    return make ? pipeline(response, make, () => {}) : response;
}

function decoder(coding: string): Transform {
    const { createBrotliDecompress, createUnzip } = require('node:zlib') as typeof zlib;

    return coding === 'br' ? createBrotliDecompress() : createUnzip();
}
