import { expect } from 'chai';
import { assert, asyncProperty, constantFrom, double, oneof, stringMatching, tuple, type Arbitrary } from 'fast-check';
import { reply } from './answers';
import { exchange, type Exchange } from './exchange';
import { serve, type FaultServer } from './fault-server';
import { leaked, textsOf } from './leaks';
import { token } from './tokens';
import { BareExecutor } from '../support/executors';

const above: Arbitrary<number> = double({ min: 0, minExcluded: true, noDefaultInfinity: true, noNaN: true });
const blank = constantFrom('', ' ', '\t', '\n');
const asText = tuple(blank, above, blank).map(([before, minutes, after]) => `${before}${minutes}${after}`);
const below = double({ max: 0, noDefaultInfinity: true, noNaN: true });
const none = constantFrom<unknown>(
    ...[NaN, Infinity, -Infinity, '', ' ', 'NaN', 'Infinity', '9,5', '90m', null, true, false],
    ...[{}, [], [90], { valueOf: () => 90 }, Symbol('90'), 90n, new Date()]
);
const invalid = oneof(none, below, below.map(String), stringMatching(/^[g-z]{1,20}$/));

describe('the minutes of an exchange', () => {
    let server: FaultServer;

    beforeEach(async () => {
        server = await serve({ answers: [reply(200, { token: token(['build']) })] });
    });

    afterEach(() => server.close());

    async function sent(asked: Exchange): Promise<unknown> {
        await exchange(server.uri, asked);

        return JSON.parse(server.requests.at(-1)?.body ?? '');
    }

    it('are rounded up to whole ones, and thirty are added', async () => {
        await assert(
            asyncProperty(oneof(above, asText), async minutes => {
                expect(await sent({ minutes })).to.deep.equal({ buildTimeout: Math.ceil(Number(minutes)) + 30 });
            })
        );
    });

    it('are increased by bufferMinutes, rounded up, none included', async () => {
        for (const [bufferMinutes, buildTimeout] of [
            [0, 45],
            [0.1, 46],
            [120, 165]
        ] as const) {
            expect(await sent({ options: { bufferMinutes } })).to.deep.equal({ buildTimeout });
        }
    });

    it('must be above zero and finite, before anything is sent', async () => {
        await assert(
            asyncProperty(invalid, async minutes => {
                const error = await exchange(server.uri, { minutes }).catch((reason: unknown) => reason);

                expect(error).to.include({ code: 'EXECUTOR_BUILD_TIMEOUT', kind: 'configuration', retryable: false });
                expect((error as Error).message).to.match(/^Invalid buildTimeout value: /);
            })
        );
        expect(server.connections).to.equal(0);
    });

    it('are quoted unless they are an object', async () => {
        for (const minutes of [NaN, -5, 'abc', null]) {
            const error = await exchange(server.uri, { minutes }).catch((reason: unknown) => reason);

            expect(error).to.have.property('message', `Invalid buildTimeout value: ${String(minutes)}`);
        }
    });

    it('are 90 by default', async () => {
        await new BareExecutor().exchangeTokenForBuild({ token: token(['temporal']), apiUri: server.uri, buildId: 7 });

        expect(server.requests.at(-1)?.body).to.equal('{"buildTimeout":120}');
    });

    it('show no token if one was passed instead', async () => {
        const temporal = token(['temporal']);

        for (const minutes of [temporal, `${temporal}${temporal}`, temporal.slice(10, -10), { [temporal]: temporal }]) {
            const error = await exchange(server.uri, { temporal, minutes }).catch((reason: unknown) => reason);

            expect(error).to.include({ code: 'EXECUTOR_BUILD_TIMEOUT' });
            expect(leaked(textsOf(error), [temporal])).to.deep.equal([]);
        }
    });
});
