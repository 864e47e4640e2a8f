import assert = require('node:assert/strict');
import { after, before, describe, it } from 'mocha';
import { images } from '../../images';
import { bootRealApi } from '../../support/real-api';
import { until } from '../../support/until';
import { listing, namespace, needsThisHost, podTemplate, type Listing } from '../cluster';

describe('the real Screwdriver API, with this executor as its plug-in', () => {
    let real: Awaited<ReturnType<typeof bootRealApi>>;
    let found: Listing;

    before(async function () {
        this.timeout(900_000);
        needsThisHost(this);
        found = await listing();
        real = await bootRealApi({
            example: 'kubernetes-executor',
            options: {
                namespace,
                jobTools: 'launch',
                jobToolsImage: images.jobTools,
                podTemplate,
                kubeconfig: process.env.KUBECONFIG
            },
            image: images.build('reports')
        });
    });

    after(() => real?.close());

    it('starts a build that runs in a pod and ends in SUCCESS', async () => {
        const { id, status, startTime } = await real.runMain();
        const operations = () => real.api.operations().filter(({ buildId }) => buildId === id);

        assert.equal(status, 'SUCCESS', real.api.log().slice(-3000));
        assert.ok(startTime);
        await until('its stop', () => operations().some(({ operation }) => operation === 'stop'), 90);
        assert.deepEqual(
            operations().filter(({ outcome }) => outcome !== 'success'),
            []
        );
    });

    it('has stopped the build, and nothing of it is left on the cluster', async () => {
        await until('an empty namespace', async () => JSON.stringify(await listing()) === JSON.stringify(found), 90);
    });
});
