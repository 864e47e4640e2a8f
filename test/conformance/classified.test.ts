import { expect } from 'chai';
import { MemoryExecutor } from 'screwdriver-executor-base/testing';
import { happened, type Told } from './kit';

const DOWN = 'start rejects with a classified Error when the engine is down';
const SLOW = 'start rejects with a classified Error in time when the engine does not answer';
const REFUSED = 'the Error of start for a refused token is classified';
const OWNER = "the Error of start for a refused token tells the build's owner what to do";
const OWNER_DOWN = "start tells the build's owner what to do when the engine is down";
const WHOLE = { code: 'NO_ENGINE', kind: 'engine', retryable: true, userMessage: 'Start it again.' };

/** The option under this name makes an executor whose start rejects with this. */
function rejecting(option: 'factory' | 'engineDown' | 'engineSlow', error: unknown): Told {
    class Rejecting extends MemoryExecutor {
        protected override _start(): Promise<boolean> {
            return Promise.reject(error);
        }
    }

    return { [option]: () => new Rejecting() };
}

function errorWith(changes: object, message = 'gone'): Error {
    // An own message, so that it is in the JSON.
    return Object.assign(new Error(), WHOLE, { message }, changes);
}

/** An error, and what the report says of it. */
const FLAWED: Array<[error: unknown, says: string]> = [
    ['gone', "it rejected with 'gone', which is not an Error"],
    [errorWith({}, ''), 'the error "Error: " has no message, no message in JSON'],
    [errorWith({ code: '' }), 'the error "Error: gone" has no code, no code in JSON'],
    [errorWith({ code: 12 }), 'the error "Error: gone" has no code, no code in JSON'],
    [
        errorWith({ kind: 'weather' }),
        'the error "Error: gone" has no kind, or one that is not in docs/errors.md, ' +
            'no kind, or one that is not in docs/errors.md in JSON, ' +
            'kind weather, not engine or timeout or capacity or authentication'
    ],
    [
        errorWith({ kind: undefined }),
        'the error "Error: gone" has no kind, or one that is not in docs/errors.md, ' +
            'no kind, or one that is not in docs/errors.md in JSON'
    ],
    [errorWith({ retryable: 'yes' }), 'the error "Error: gone" has no retryable, no retryable in JSON'],
    [errorWith({ retryable: false }), 'the error "Error: gone" has retryable false'],
    [
        errorWith({ kind: 'internal' }),
        'the error "Error: gone" has kind internal, not engine or timeout or capacity or authentication'
    ],
    ...[() => null, () => undefined, () => 'gone', () => JSON.parse('{')].map((toJSON): [unknown, string] => [
        errorWith({ toJSON }),
        'the error "Error: gone" has no message in JSON, no code in JSON, ' +
            'no kind, or one that is not in docs/errors.md in JSON, no retryable in JSON'
    ])
];

describe('an error that is not classified', () => {
    for (const [error, says] of FLAWED) {
        it(`is reported with all that it lacks: ${says}`, async () => {
            expect(await happened(DOWN, rejecting('engineDown', error))).to.equal(says);
        });
    }

    it('of a slow engine must be about the time or the engine', async () => {
        expect(await happened(SLOW, rejecting('engineSlow', errorWith({ kind: 'capacity' })))).to.equal(
            'the error "Error: gone" has kind capacity, not timeout or engine'
        );
    });

    it('is told from one that is', async () => {
        for (const kind of ['engine', 'timeout', 'capacity', 'authentication']) {
            expect(await happened(DOWN, rejecting('engineDown', errorWith({ kind }))), kind).to.equal(undefined);
        }
        for (const kind of ['engine', 'timeout']) {
            expect(await happened(SLOW, rejecting('engineSlow', errorWith({ kind }))), kind).to.equal(undefined);
        }
        const final = errorWith({ kind: 'configuration', retryable: false });

        expect(await happened(REFUSED, rejecting('factory', final))).to.equal(undefined);
    });
});

describe('an error without a message for the owner of the build', () => {
    for (const [title, option] of [
        [OWNER, 'factory'],
        [OWNER_DOWN, 'engineDown']
    ] as const) {
        it(`is found: ${title}`, async () => {
            for (const userMessage of [undefined, '', 12]) {
                expect(await happened(title, rejecting(option, errorWith({ userMessage })))).to.equal(
                    'start rejected with Error: gone, without a userMessage'
                );
            }
            expect(await happened(title, rejecting(option, errorWith({})))).to.equal(undefined);
            expect(await happened(title, rejecting(option, 'not an Error'))).to.equal(undefined);
        });
    }
});
