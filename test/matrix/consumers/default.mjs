import assert from 'node:assert';
import Executor from 'screwdriver-executor-base';

class Engine extends Executor {
    async _start({ buildId }) {
        return buildId;
    }
}

async function main() {
    const config = { buildId: 15, container: 'node:20', apiUri: 'http://127.0.0.1', token: 'abcdefg' };

    assert.strictEqual(await new Engine().start(config), 15);
    await assert.rejects(new Engine().start({}), { isJoi: true });
    console.log('consumed');
}

main();
