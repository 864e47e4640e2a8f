import { expect } from 'chai';
import { Client } from '../lib/client';
import { startCluster } from './cluster';

describe('kubernetes executor: a cluster that denies access, as one that has just started does', () => {
    let cluster: Awaited<ReturnType<typeof startCluster>>;
    let calling: AbortController;
    let client: Client;
    const list = (isNone?: () => boolean): Promise<unknown> =>
        client.ask(core => core.listNamespacedPod({ namespace: 'default' }), calling.signal, isNone);

    beforeEach(async () => {
        cluster = await startCluster();
        client = new Client(cluster.kubeConfig, 10_000);
        calling = new AbortController();
        cluster.failNext(403);
    });

    afterEach(() => cluster.close());

    it('is asked again', async () => {
        expect(await list()).to.have.property('items').that.is.empty;
        expect(cluster.requests).to.deep.equal(['GET /pods', 'GET /pods']);
    });

    it('is not asked again for what nobody needs', async () => {
        expect(await list(() => true)).to.equal(undefined);
        expect(cluster.requests).to.deep.equal(['GET /pods']);
    });

    it('is not asked again once the call has ended', async () => {
        const answer = list().catch(({ code }) => code);

        while (cluster.requests.length === 0) await new Promise(setImmediate);
        calling.abort();
        expect(await answer).to.equal('KUBERNETES_TIMEOUT');
        expect(cluster.requests).to.deep.equal(['GET /pods']);
    });
});
