import assert = require('node:assert/strict');
import { describe, it } from 'mocha';
import { rejection } from '../../support/rejection';
import { CREATED, GONE, inTurn, json } from '../fake-engine';
import { IMAGE, onFakeEngine } from '../on-fake-engine';

const MAKES_BUILD = 'POST /containers/create?name=sd-build-7';
const REMOVAL = 'DELETE /containers/made?v=true';
const OPTIONS = { processPerCall: true, startWait: 3 };

const silent = () => {};

describe('a host whose process ends with its answer', () => {
    const build = onFakeEngine();

    for (const [what, answers] of Object.entries({
        'a pull': {
            [`GET /images/${IMAGE}/json`]: inTurn(json(404, {}), json(200, {})),
            'POST /images/create': silent
        },
        'the creation of a container': {
            [MAKES_BUILD]: inTurn(silent, json(201, { Id: 'made' })),
            'GET /containers/sd-build-7/json': inTurn(GONE, GONE, GONE, GONE, GONE, GONE, GONE, CREATED)
        }
    })) {
        it(`answers a start in time, also during ${what}, and the same start goes on when repeated`, async () => {
            await build.use({ ...answers, 'GET /containers/json': json(200, [{ Id: 'made' }]) }, {}, OPTIONS);
            const error = await rejection(build.start());

            assert.equal(error.code, 'DOCKER_TIMEOUT');
            assert.equal(error.retryable, true);
            if (what !== 'a pull') assert.ok(build.removals().includes(REMOVAL));
            await build.start();
            assert.ok(build.engine.calls.includes('POST /containers/made/start'));
        });
    }

    it('does not look for anything that others have left', async () => {
        await build.use({}, {}, OPTIONS);
        await build.start();
        assert.ok(!build.engine.calls.some(call => call.startsWith('GET /volumes?')));
    });

    it('rejects a stop if it cannot see the end', async () => {
        const RUNS = json(200, { Id: 'made', State: { Running: true }, Config: { StopTimeout: 1 } });

        await build.use(
            {
                'GET /containers/sd-build-7/json': RUNS,
                'GET /events': response => {
                    response.writeHead(200);
                    response.write('{"Action":"kill","Actor":{"Attributes":{"signal":"15"}}}\n');
                },
                'POST /containers/made/stop': silent
            },
            { timeout: 200 },
            OPTIONS
        );
        assert.equal((await rejection(build.stop())).code, 'DOCKER_TIMEOUT');
    });
});
