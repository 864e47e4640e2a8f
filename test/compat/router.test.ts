import assert = require('node:assert');
import { inChild } from './in-child';

describe('the published router over an executor whose calls are in turn', () => {
    let result: any;

    before(async () => {
        result = await inChild('ours', 'stop-through-router');
    });

    it('is an executor itself, whose calls are not in turn', () => assert.ok(result.isRouter));

    it('stops a build during its start: the start resolves false, and nothing runs', () => {
        assert.deepStrictEqual(
            result.stopped.map(({ start }: any) => start),
            Array(5).fill(false)
        );
        assert.deepStrictEqual(result.running, []);
    });

    it('does so in less than a second', () => {
        // The fastest of five, since the machine may be busy. A stop that waited for the start would always take ten
        // seconds.
        assert.ok(Math.min(...result.stopped.map(({ took }: any) => took)) < 1_000);
    });
});
