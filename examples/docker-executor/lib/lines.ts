/** The lines of a stream. Unlike `node:readline`, rejects if the stream is cut off. */
export async function* linesOf(stream: NodeJS.ReadableStream) {
    let rest = '';

    for await (const piece of stream.setEncoding('utf8') as AsyncIterable<string>) {
        const lines = (rest + piece).split('\n');

        rest = lines.pop() ?? '';
        yield* lines.filter(line => line.trim());
    }
    if (rest.trim()) yield rest;
}
