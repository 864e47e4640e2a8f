import { expect } from 'chai';
import { lastWordIn } from '../lib/last-word';

/** Output as the engine sends it: each piece after a header with its length. */
function frames(...pieces: string[]) {
    return Buffer.concat(
        pieces.flatMap(piece => {
            const header = Buffer.alloc(8);

            header.writeUInt32BE(Buffer.byteLength(piece), 4);

            return [header, Buffer.from(piece)];
        })
    );
}

describe('the last word of a container', () => {
    it('is its last line, however many pieces it came in', () => {
        expect(lastWordIn(frames('one\n', 'tw', 'ö\n', '\n'))).to.equal('twö');
    });

    it('is not the line of a launcher that found nothing to end', () => {
        const noise = 'error exec: no command, , in terminating sleep';

        expect(lastWordIn(frames('x509: unknown authority\n', noise))).to.equal('x509: unknown authority');
    });

    it('is undefined if it has printed nothing', () => {
        expect(lastWordIn(Buffer.alloc(0))).to.equal(undefined);
    });
});
