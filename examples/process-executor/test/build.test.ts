import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import Executor = require('screwdriver-executor-base');
import { startConfig, verifyConfig } from 'screwdriver-executor-base/testing';
import { Fixture, until } from './fixture';

describe('process executor: a build', () => {
    let fixture: Fixture;

    afterEach(() => fixture.close());

    it('uses the base of this repository', async () => {
        fixture = await Fixture.make([]);

        expect(fixture.executor).to.be.instanceOf(Executor);
        expect(require.resolve('screwdriver-executor-base')).to.equal(join(__dirname, '../../../index.js'));
        expect(require.resolve('screwdriver-executor-base', { paths: [join(__dirname, '../dist')] })).to.equal(
            join(__dirname, '../../../index.js')
        );
    });

    it('lets the API set properties on it', async () => {
        fixture = await Fixture.make([]);
        const tokenGen = () => 'token';

        Object.assign(fixture.executor, { name: 'process', tokenGen, userTokenGen: tokenGen });

        expect(fixture.executor).to.include({ name: 'process', tokenGen, userTokenGen: tokenGen });
        expect(Object.isFrozen(fixture.executor)).to.equal(false);
    });

    it('runs from its start to its end, and leaves its log alone', async () => {
        fixture = await Fixture.make(['echo hello from the first step', 'echo and from the second']);
        const buildId = await fixture.start();

        expect(await fixture.executor.status({ buildId })).to.match(
            new RegExp(`^Build ${buildId} has been running for \\d\\.\\d s, pid \\d+$`)
        );
        await fixture.ended(buildId);

        expect(await fixture.executor.status({ buildId })).to.match(/has ended after \d\.\d s, exit code 0$/);
        expect(fixture.statusOf(buildId)).to.equal('SUCCESS');
        expect(fixture.updatesOf(buildId)).to.deep.equal(['RUNNING', 'SUCCESS']);
        expect(await fixture.log(buildId)).to.equal(
            [
                '$ step-1: echo hello from the first step',
                'hello from the first step',
                '$ step-2: echo and from the second',
                'and from the second',
                'The build has succeeded',
                ''
            ].join('\n')
        );
        expect(await fixture.buildFolders()).to.deep.equal([]);
        expect(await fixture.executor.verify(verifyConfig(fixture.api, { buildId }))).to.equal('');
    });

    it('reports its own failure, once', async () => {
        fixture = await Fixture.make(['exit 3', 'echo never']);
        const buildId = await fixture.start();

        await fixture.ended(buildId);
        await until(() => fixture.api.requests.some(({ method }) => method === 'GET'));

        expect(fixture.updatesOf(buildId)).to.deep.equal(['RUNNING', 'FAILURE']);
        expect(fixture.api.builds.get(buildId)?.statusMessage).to.equal('Step step-1 ended with exit code 3');
        expect(await fixture.log(buildId)).not.to.contain('never\n$');
        expect(await fixture.executor.verify(verifyConfig(fixture.api, { buildId }))).to.equal('');
    });

    it('is not affected by concurrent builds', async () => {
        fixture = await Fixture.make([
            'test ! -e mine && echo "$HOME" > mine && echo "$HOME" > "$TMPDIR/mine"',
            'sleep 0.3 && test "$(cat mine)" = "$HOME" && test "$(cat "$TMPDIR/mine")" = "$HOME"',
            'test -x "$MOUNT_POINT/launch"'
        ]);
        const buildIds = await Promise.all(Array.from({ length: 5 }, () => fixture.start()));

        expect(fixture.executor.stats().requests).to.include({ total: 5, success: 5, failure: 0 });
        await Promise.all(buildIds.map(buildId => fixture.ended(buildId)));

        expect(buildIds.map(buildId => fixture.statusOf(buildId))).to.deep.equal(Array(5).fill('SUCCESS'));
        expect(await fixture.buildFolders()).to.deep.equal([]);
    });

    it('stays when another one is stopped', async () => {
        fixture = await Fixture.make(['sleep 60']);
        const [first, second] = [await fixture.start(), await fixture.start()];

        await fixture.stopAndWait(first);

        await until(
            async () => (await fixture.executor.status({ buildId: first })) === `Build ${first} is not on this executor`
        );
        expect(await fixture.executor.status({ buildId: second })).to.contain('has been running');
        expect(fixture.executor.stats().requests).to.include({ total: 2, concurrent: 1 });
    });

    it('is started once, however often a start comes while it starts or runs', async () => {
        fixture = await Fixture.make(['sleep 60']);
        const config = startConfig(fixture.api);

        await Promise.all([
            fixture.executor.start(config),
            fixture.executor.start({ ...config, buildId: String(config.buildId) })
        ]);
        const pid = await fixture.pidOf(Number(config.buildId));

        expect(await fixture.executor.start(config)).to.equal(undefined);
        expect(await fixture.pidOf(Number(config.buildId))).to.equal(pid);
        expect(fixture.executor.stats().requests).to.include({ total: 1, concurrent: 1 });
        expect(fixture.api.requests.filter(({ path }) => path.endsWith('/token'))).to.have.length(1);
    });

    it('can be started again when it has ended', async () => {
        fixture = await Fixture.make('echo once more');
        const buildId = await fixture.start();

        await until(() => fixture.statusOf(buildId) === 'FAILURE');
        fixture.api.builds.delete(buildId);
        await fixture.start({ buildId });
        await fixture.ended(buildId);

        expect((await fixture.log(buildId)).match(/once more/g)).to.have.length(2);
    });

    it('counts in stats, in the shape that the API accepts', async () => {
        fixture = await Fixture.make(['true']);

        expect(fixture.executor.stats()).to.deep.equal({
            requests: { total: 0, timeouts: 0, success: 0, failure: 0, concurrent: 0, averageTime: 0 },
            breaker: { isClosed: true }
        });
        await fixture.start();
        const { requests } = fixture.executor.stats();

        expect(requests).to.have.all.keys('total', 'timeouts', 'success', 'failure', 'concurrent', 'averageTime');
        expect(requests).to.include({ total: 1, timeouts: 0, success: 1, failure: 0, concurrent: 1 });
        expect(requests?.averageTime).to.be.above(0);
    });

    it('does not change the job tools when its folder is removed', async () => {
        fixture = await Fixture.make('true');
        await writeFile(join(fixture.folder, 'tool'), 'still here');
        const buildId = await fixture.start();

        await fixture.ended(buildId);

        expect(await readFile(join(fixture.folder, 'tool'), 'utf8')).to.equal('still here');
    });
});
