import { pipeline, type Readable, type Transform } from 'node:stream';
import type { IncomingMessage } from 'node:http';
import type * as zlib from 'node:zlib';

/** The maximum size of a body in bytes, after decompression: a token has about one thousand. */
const LARGEST = 1_048_576;

/** The code of the rejection of {@link readBody} for a larger body. */
export const TOO_LARGE = 'ANSWER_TOO_LARGE';

/** An answer's body as text. If it rejects, the caller must close the connection. */
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

/** The request does not ask for compression, but some proxies compress anyway. */
function decompressed(response: IncomingMessage): Readable {
    const coding = String(response.headers['content-encoding']).toLowerCase();
    const make = /^(x-)?gzip$|^deflate$|^br$/.test(coding) && decoder(coding);

    return make ? pipeline(response, make, () => {}) : response;
}

function decoder(coding: string): Transform {
    const { createBrotliDecompress, createUnzip } = require('node:zlib') as typeof zlib;

    return coding === 'br' ? createBrotliDecompress() : createUnzip();
}
