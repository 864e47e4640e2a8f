import { expect } from 'chai';
import { graceFrom, limitsFrom } from '../limits';

describe('docker executor: limits from annotations', () => {
    it('takes words, in any case', () => {
        expect(limitsFrom({ cpu: 'MICRO', ram: 'high' })).to.deep.equal({ cores: 0.5, gigabytes: 12 });
    });

    it('takes numbers up to the largest word', () => {
        expect(limitsFrom({ cpu: '1.5', ram: 3 })).to.deep.equal({ cores: 1.5, gigabytes: 3 });
        expect(limitsFrom({ cpu: 99, ram: 1e9 })).to.deep.equal({ cores: 12, gigabytes: 16 });
    });

    it('gives no less than engines can: a hair above zero is not without limit', () => {
        for (const least of [1e-10, 0.0004, 0.005]) {
            expect(limitsFrom({ cpu: least, ram: least })).to.deep.equal({ cores: 0.01, gigabytes: 0.01 });
        }
    });

    it('is LOW without a word or a number that says how much', () => {
        for (const nothing of [undefined, '', 'much', 0, -1, NaN]) {
            expect(limitsFrom({ cpu: nothing, ram: nothing })).to.deep.equal({ cores: 2, gigabytes: 2 });
        }
    });

    it('gives a build whole seconds to end, no fewer than every build has, and no more than an hour', () => {
        expect(graceFrom({ terminationGracePeriodSeconds: '10.5' }, 10)).to.equal(11);
        expect(graceFrom({ terminationGracePeriodSeconds: 3 }, 10)).to.equal(10);
        expect(graceFrom({ terminationGracePeriodSeconds: 9_999_999 }, 10)).to.equal(3600);
        expect(graceFrom({ terminationGracePeriodSeconds: Infinity }, 10)).to.equal(3600);
        for (const nothing of [undefined, 'long', 0, -5]) {
            expect(graceFrom({ terminationGracePeriodSeconds: nothing }, 10)).to.equal(10);
        }
    });
});
