import { expect } from 'chai';
import { assert, anything, constantFrom, date, integer, nat, oneof, property, string } from 'fast-check';
import { retryAfterMilliseconds, retryDelay } from '../../dist/exchange/retry-delay';

const NOW = Date.UTC(2026, 10, 23);

/** The three forms of RFC 9110 5.6.7. */
const FORMATS: Array<(day: string, dd: string, month: string, year: string, time: string) => string> = [
    (day, dd, month, year, time) => `${day.slice(0, 3)}, ${dd} ${month} ${year} ${time} GMT`,
    (day, dd, month, year, time) => `${day}, ${dd}-${month}-${year.slice(2)} ${time} GMT`,
    (day, dd, month, year, time) => `${day.slice(0, 3)} ${month} ${dd.replace(/^0/, ' ')} ${time} ${year}`
];
const DAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];

const moment = date({ min: new Date('2000-01-01'), max: new Date('2049-12-31'), noInvalidDate: true });

describe('Retry-After', () => {
    const { TZ } = process.env;

    afterEach(() => {
        if (TZ === undefined) delete process.env.TZ;
        else process.env.TZ = TZ;
    });

    it('is read as whole seconds', () => {
        assert(
            property(nat(), seconds => {
                expect(retryAfterMilliseconds(` ${seconds} `, NOW)).to.equal(seconds * 1000);
            })
        );
    });

    for (const [zone, offset] of Object.entries({ UTC: 0, 'Asia/Kolkata': -330 })) {
        it(`is read as a date of any form in the time zone ${zone}`, () => {
            process.env.TZ = zone;
            expect(new Date().getTimezoneOffset()).to.equal(offset);
            assert(
                property(moment, constantFrom(...FORMATS), (when, format) => {
                    const [, dd, month, year, time] = when.toUTCString().split(' ') as [
                        string,
                        string,
                        string,
                        string,
                        string
                    ];
                    const header = format(DAYS[when.getUTCDay()] as string, dd, month, year, time);
                    const seconds = Math.floor(when.getTime() / 1000);

                    expect(retryAfterMilliseconds(header, NOW), header).to.equal(Math.max(0, seconds * 1000 - NOW));
                })
            );
        });
    }

    for (const header of [
        '-1',
        '1.5',
        '1e3',
        '0x10',
        '',
        ' ',
        'soon',
        'soon 2099',
        '2099-01-01',
        'Jan 1 2099',
        '9 9',
        '2099 Nov 06 08:49:37 GMT',
        'sun, 06 Nov 2099 08:49:37 GMT',
        'Su, 06 Nov 2099 08:49:37 GMT',
        'Wednesdays, 06 Nov 2099 08:49:37 GMT',
        '1 Sun, 06 Nov 2099 08:49:37 GMT'
    ]) {
        it(`is nothing when it is "${header}"`, () => {
            expect(retryAfterMilliseconds(header, NOW)).to.equal(undefined);
        });
    }

    it('is a number that is not negative, or nothing, whatever the header', () => {
        assert(
            property(
                oneof(anything(), string(), string({ unit: constantFrom(...'0123456789:, GMTSunJav-') })),
                header => {
                    const delay = retryAfterMilliseconds(header, NOW);

                    expect(delay === undefined || delay >= 0).to.equal(true);
                }
            ),
            { numRuns: 2000 }
        );
    });
});

describe('the wait before the next request', () => {
    const full = (attempt: number) => Math.min(100 * 2 ** (attempt - 1), 5000);

    it('doubles from 0.1 s to 5 s, up to half of it less', () => {
        assert(
            property(integer({ min: 1, max: 2000 }), attempt => {
                expect(retryDelay(attempt)).to.be.within(full(attempt) / 2, full(attempt));
            })
        );
    });

    it('differs from call to call', () => {
        expect(new Set(Array.from({ length: 20 }, () => retryDelay(7)))).to.have.length.above(1);
    });

    it('is never shorter than Retry-After, and never longer than both', () => {
        assert(
            property(integer({ min: 1, max: 20 }), nat({ max: 100 }), (attempt, seconds) => {
                const delay = retryDelay(attempt, String(seconds));

                expect(delay).to.be.within(seconds * 1000, Math.max(seconds * 1000, full(attempt)));
                expect(delay).to.be.at.least(full(attempt) / 2);
            })
        );
    });
});
