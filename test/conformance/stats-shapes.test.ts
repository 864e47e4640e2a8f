import { expect } from 'chai';
import { MemoryExecutor } from 'screwdriver-executor-base/testing';
import { happened } from './kit';

const TITLE = 'stats has the shape that the API accepts before the first build';
const requests = { total: 1, timeouts: 0, success: 1, failure: 0, concurrent: 0, averageTime: 12.5 };
const breaker = { isClosed: true };
const { averageTime, ...fewer } = requests;

void averageTime;

const ACCEPTED: unknown[] = [
    {},
    { requests },
    { breaker: { isClosed: false } },
    { requests, breaker },
    { requests, breaker: undefined },
    Promise.resolve({ requests })
];

const REFUSED: Array<[value: unknown, says: RegExp]> = [
    [undefined, /^stats resolved undefined$/],
    [null, /^stats resolved null$/],
    ['none', /^stats resolved 'none'$/],
    [[], /^stats resolved \[\]$/],
    [{ builds: 1 }, /^stats resolved \{ builds: 1 \}$/],
    [{ requests, builds: 1 }, /^stats resolved \{ requests: \{ total: 1,/],
    [{ requests: fewer }, /^stats resolved/],
    [{ requests: { ...requests, builds: 1 } }, /^stats resolved/],
    [{ requests: { ...requests, total: '1' } }, /^stats resolved/],
    [{ requests: { ...requests, averageTime: NaN } }, /^stats resolved/],
    [{ requests: null }, /^stats resolved/],
    [{ requests: 12 }, /^stats resolved/],
    [{ breaker: {} }, /^stats resolved/],
    [{ breaker: null }, /^stats resolved/],
    [{ breaker: { ...breaker, since: 1 } }, /^stats resolved/],
    [{ breaker: { isClosed: 'yes' } }, /^stats resolved \{ breaker: \{ isClosed: 'yes' \} \}$/],
    [Promise.resolve({ builds: 1 }), /^stats resolved \{ builds: 1 \}$/]
];

/** Makes executors with these stats. */
function having(stats: () => unknown): () => MemoryExecutor {
    class Having extends MemoryExecutor {}
    Object.defineProperty(Having.prototype, 'stats', { value: stats });

    return () => new Having();
}

describe('the stats of an executor', () => {
    for (const [index, value] of ACCEPTED.entries()) {
        it(`are accepted: ${index} ${JSON.stringify(value)}`, async () => {
            expect(await happened(TITLE, { factory: having(() => value) })).to.equal(undefined);
        });
    }

    for (const [index, [value, says]] of REFUSED.entries()) {
        it(`are refused: ${index} ${JSON.stringify(value)}`, async () => {
            expect(await happened(TITLE, { factory: having(() => value) })).to.match(says);
        });
    }

    it('are refused if they reject, throw or never come', async () => {
        const gone = new Error('gone');
        const thrown = having(() => {
            throw gone;
        });

        expect(await happened(TITLE, { factory: having(() => Promise.reject(gone)) })).to.equal(
            'stats rejected with Error: gone'
        );
        expect(await happened(TITLE, { factory: thrown })).to.equal('stats rejected with Error: gone');
        expect(await happened(TITLE, { factory: having(() => new Promise(() => {})), callTimeout: 300 })).to.equal(
            'stats did not settle within 300 ms'
        );
    });

    it('are asked for with the config of the API', async () => {
        const asked: unknown[] = [];
        const factory = having((...args: unknown[]) => {
            asked.push(args);

            return {};
        });

        await happened(TITLE, { factory });
        expect(asked).to.deep.equal([[{ token: '' }]]);
    });
});
