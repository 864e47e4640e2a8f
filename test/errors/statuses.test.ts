import { expect } from 'chai';
import { rowOf } from '../../dist/errors/statuses';

describe('a status of an exchange', () => {
    for (const [code, ...statuses] of [
        ['ANSWER', 100, 199, 200, 299],
        ['REDIRECT', 300, 399],
        ['UNAUTHENTICATED', 401],
        ['FORBIDDEN', 403],
        ['NOT_FOUND', 404],
        ['TIMEOUT', 408],
        ['RATE_LIMITED', 429],
        ['REJECTED', 400, 407, 409, 423, 499],
        ['SERVER', 500, 501, 504, 507, 599, 600, 999]
    ] as const) {
        it(`means EXECUTOR_EXCHANGE_${code} if it is one of ${statuses.join(', ')}`, () => {
            for (const status of statuses) expect(rowOf(status)[1]).to.equal(`EXECUTOR_EXCHANGE_${code}`);
        });
    }
});
