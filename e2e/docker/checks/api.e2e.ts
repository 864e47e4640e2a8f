import assert = require('node:assert/strict');
import { after, before, describe, it } from 'mocha';
import { images } from '../../images';
import { bootRealApi } from '../../support/real-api';
import { until } from '../../support/until';
import { emptyEngine } from '../engine';
import { OPTIONS } from '../options';

describe('the real Screwdriver API, with this executor as its plug-in', () => {
    let real: Awaited<ReturnType<typeof bootRealApi>>;

    before(async function () {
        this.timeout(900_000);
        real = await bootRealApi({
            example: 'docker-executor',
            options: OPTIONS,
            image: images.build('reports'),
            environment: { DOCKER_HOST: process.env.DOCKER_HOST ?? '' }
        });
    });

    after(() => real?.close());

    it('starts a build that runs in a container and ends in SUCCESS', async () => {
        const { id, status, startTime } = await real.runMain();
        const operations = () => real.api.operations().filter(({ buildId }) => buildId === id);

        assert.equal(status, 'SUCCESS', real.api.log().slice(-3000));
        assert.ok(startTime);
        await until('its stop', () => operations().some(({ operation }) => operation === 'stop'));
        assert.deepEqual(
            operations().filter(({ outcome }) => outcome !== 'success'),
            []
        );
    });

    it('has stopped it, and nothing of it is left on the engine', async () => {
        await emptyEngine();
    });
});
