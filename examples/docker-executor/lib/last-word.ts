/** Bytes before each piece of a container's output. The last four hold the length of the piece. */
const HEADER = 8;
/** What the official launcher prints when there is nothing left to end. It is not an error. */
const NOISE = / in terminating sleep$/;

/** The last meaningful line that a container has printed. */
export function lastWordIn(frames: Buffer): string | undefined {
    const lines = textOf(frames).split('\n');

    return lines.findLast(line => line.trim() && !NOISE.test(line.trimEnd()));
}

function textOf(frames: Buffer) {
    const pieces = [];

    for (let at = 0; at + HEADER <= frames.length;) {
        const end = at + HEADER + frames.readUInt32BE(at + HEADER - 4);

        pieces.push(frames.subarray(at + HEADER, end));
        at = end;
    }

    return Buffer.concat(pieces).toString();
}
