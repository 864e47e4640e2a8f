import { answerFaults } from './faults/answers';
import { networkFaults } from './faults/network';
import { protocolFaults } from './faults/protocol';
import { statusFaults } from './faults/status';
import { tlsFaults } from './faults/tls';
import { provoke, type Fault } from './provoke';

const TABLES: Array<[string, Fault[]]> = [
    ['the network', networkFaults],
    ['the protocol', protocolFaults],
    ['the status', statusFaults],
    ['the answer', answerFaults],
    ['TLS', tlsFaults]
];

describe('exchangeTokenForBuild meets faults of', () => {
    for (const [where, faults] of TABLES) {
        describe(where, () => {
            for (const fault of faults) {
                const { title, outcome, attempts } = fault;
                const end = typeof outcome === 'string' ? 'brings the token' : `ends in ${outcome.code}`;

                it(`${title} ${end}, after ${attempts} ${attempts === 1 ? 'request' : 'requests'}`, () =>
                    provoke(fault));
            }
        });
    }
});
