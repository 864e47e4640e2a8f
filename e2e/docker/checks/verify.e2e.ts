import assert = require('node:assert/strict');
import { describe, it } from 'mocha';
import { startTimerConfig } from 'screwdriver-executor-base/testing';
import { annotations } from '../../support/annotations';
import { rejection } from '../../support/rejection';
import { until } from '../../support/until';
import { TOOLS, inTurn, json, type Answer, type Answers } from '../fake-engine';
import { KEEPER, onFakeEngine } from '../on-fake-engine';

const BUILD = 'GET /containers/sd-build-7/json';
const STOP = 'POST /containers/made/stop';
const REMOVAL = 'DELETE /containers/made';

/** A build's container that runs until it is stopped. */
function standing(): Answers {
    let isStopped = false;
    const state = () =>
        isStopped ? { Status: 'exited', ExitCode: 143 } : { Status: 'running', Running: true, ExitCode: 0 };

    return {
        [BUILD]: response =>
            json(200, { Id: 'made', State: state(), Config: { Labels: { 'screwdriver.start': 's' } } })(response),
        [STOP]: response => {
            isStopped = true;
            json(204)(response);
        }
    };
}

describe('verify', () => {
    const build = onFakeEngine();

    for (const [what, first] of Object.entries({
        'failed to start': { 'POST /containers/made/start': json(500, { message: 'no more memory' }) },
        ended: {
            [BUILD]: json(200, {
                Id: 'made',
                State: { Status: 'exited', ExitCode: 7 },
                Config: {},
                HostConfig: {},
                Path: ''
            })
        }
    })) {
        it(`finds nothing wrong with a start that waits for the stop of a build that ${what}`, async () => {
            let goOn: (() => void) | undefined;
            const removal: Answer = response => (goOn = () => json(204)(response));

            await build.use({ ...first, [REMOVAL]: inTurn(removal, json(204)) });
            await rejection(build.start());
            const stopped = build.stop();

            await until('the removal', () => goOn);
            const started = rejection(build.start());

            assert.equal(await build.verify(), '');
            goOn?.();
            await stopped;
            await started;
        });
    }

    it('says why a build was ended, also after another start of it was refused', async () => {
        const short = annotations({ timeout: 0.001 });

        await build.use(standing(), {}, { stopSeconds: 1 });
        await build.executor.startTimer(startTimerConfig(build.api, { buildId: 7, annotations: short }));
        await until('its end', () => build.engine.calls.includes(STOP));
        assert.equal((await rejection(build.start())).code, 'DOCKER_BUILD_ENDED');
        assert.match(await build.verify(), /its timeout of 0.001 minutes/);
    });

    it('gives no old reason for a build that is being started again', async () => {
        let goOn: (() => void) | undefined;

        await build.use({
            'POST /containers/made/start': inTurn(json(500, { message: 'no more memory' }), json(204)),
            [KEEPER]: inTurn(TOOLS, response => (goOn = () => TOOLS(response))),
            'GET /containers/json': json(200, [{ Id: 'made' }])
        });
        await rejection(build.start());
        assert.notEqual(await build.verify(), '');
        const started = build.start();

        await until('its second start', () => goOn);
        assert.equal(await build.verify(), '');
        goOn?.();
        await started;
    });
});
