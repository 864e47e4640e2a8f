import assert = require('node:assert/strict');

/** What the promise rejects with. */
export async function rejection(promise: Promise<unknown>): Promise<any> {
    const [outcome] = await Promise.allSettled([promise]);

    assert.ok(outcome.status === 'rejected', 'it resolved');

    return outcome.reason;
}
