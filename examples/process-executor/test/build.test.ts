import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { expect } from 'chai';
import Executor = require('screwdriver-executor-base');
import ProcessExecutor = require('screwdriver-executor-process');
import { startConfig, verifyConfig } from 'screwdriver-executor-base/testing';
import { Fixture, until } from './fixture';

describe('process executor: a build', () => {
    let fixture: Fixture;

    afterEach(() => fixture.close());

    it('stands on the base of this repository', async () => {
        fixture = await Fixture.make([]);

        expect(fixture.executor).to.be.instanceOf(Executor);
        expect(require.resolve('screwdriver-executor-base')).to.equal(join(__dirname, '../../../index.js'));
        expect(require.resolve('screwdriver-executor-base', { paths: [join(__dirname, '../dist')] })).to.equal(
            join(__dirname, '../../../index.js')
        );
    });

    it('lets the API write on it', async () => {
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

    it('gets its own token in the environment of the launcher, and in no other place', async () => {
        fixture = await Fixture.make(
            'tr "\\0" "\\n" < /proc/self/environ > "$HOME/../../environment"; tr "\\0" " " < /proc/$$/cmdline; exec sleep 60'
        );
        const config = startConfig(fixture.api);

        await fixture.executor.start(config);
        const buildId = Number(config.buildId);

        await until(async () => (await fixture.log(buildId)).includes(String(buildId)));
        const environment = await readFile(join(fixture.root, 'environment'), 'utf8');
        const token = /^SD_TOKEN=(.*)$/m.exec(environment)?.[1] ?? '';
        const claims = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as object;

        expect(claims).to.include({ username: buildId }).and.to.have.deep.property('scope', ['build']);
        expect(environment).not.to.contain(config.token);
        expect(await fixture.log(buildId))
            .to.match(new RegExp(`/opt/sd/launch --api-uri ${fixture.api.uri} ${buildId} $`))
            .and.not.to.contain('eyJ');
        expect(await readFile(`/proc/${await fixture.pidOf(buildId)}/cmdline`, 'utf8')).not.to.contain('eyJ');
    });

    it('sees few variables of the API, and those of the option environment', async () => {
        process.env['PROCESS_TEST_SECRET'] = 'of the API';
        fixture = await Fixture.make('env; cd; ls', { environment: { NO_PROXY: '127.0.0.1', SD_TOKEN: 'mine' } });
        const buildId = await fixture.start();

        await fixture.ended(buildId);
        delete process.env['PROCESS_TEST_SECRET'];
        const names = [...(await fixture.log(buildId)).matchAll(/^(\w+)=/gm)].map(([, name]) => name);

        // A shell adds its own; Node passes on where to write coverage, whatever environment a child is given.
        const added = ['PWD', 'OLDPWD', 'SHLVL', '_', 'NODE_V8_COVERAGE'];

        expect(names.filter(name => !added.includes(String(name)))).to.have.members(
            ['HOME', 'MOUNT_POINT', 'NO_PROXY', 'SD_TOKEN', 'TMPDIR'].concat(
                ['LANG', 'LC_ALL', 'LC_CTYPE', 'PATH', 'TZ'].filter(name => process.env[name] !== undefined)
            )
        );
        expect(await fixture.log(buildId)).not.to.contain('SD_TOKEN=mine');
        expect(await fixture.log(buildId)).to.match(/opt\nsource\ntmp\n/);
    });

    it("is for the eyes of the executor's user only", async () => {
        fixture = await Fixture.make(['true']);
        const buildId = await fixture.start();
        const [folder] = await fixture.buildFolders();
        const modes = await Promise.all(
            ['', String(folder), `${buildId}.log`].map(
                async name => (await stat(join(fixture.root, name))).mode & 0o777
            )
        );

        expect(modes).to.deep.equal([0o700, 0o700, 0o600]);
    });

    it('keeps its token from its steps', async () => {
        fixture = await Fixture.make(['env']);
        const buildId = await fixture.start();

        await fixture.ended(buildId);

        expect(await fixture.log(buildId))
            .to.contain('MOUNT_POINT=')
            .and.not.to.contain('SD_TOKEN')
            .and.not.to.contain('eyJ');
    });

    it('is not disturbed by those that run beside it', async () => {
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

        expect(await fixture.executor.status({ buildId: first })).to.equal(`Build ${first} is not on this executor`);
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

    it('finds no wrong setting only when it starts', async () => {
        fixture = await Fixture.make([]);

        const wrong: Array<[Record<string, unknown>, string]> = [
            [{ gracePeriod: 'soon' }, '"gracePeriod" must be a number'],
            [{ mountPoint: '../sd' }, '"mountPoint" must be a path inside the folder of the build'],
            [{ mountPoint: '/opt/sd' }, '"mountPoint" must be a path inside the folder of the build'],
            [{ maxBuildTimeout: 0 }, '"maxBuildTimeout" must be a positive number'],
            [
                { maxBuildTimeout: 1e21 },
                '"maxBuildTimeout" must be at most 35791 minutes: no timer can wait for longer'
            ],
            [{ buildTimeout: '35792' }, '"buildTimeout" must be at most 35791 minutes'],
            [{ gracePeriod: 1e12 }, '"gracePeriod" must be less than or equal to 2147483647'],
            [{ jobtools: '/opt/sd' }, '"jobtools" is not an option: it is called "jobTools"'],
            [{ workspace_root: '/' }, '"workspace_root" is not an option: it is called "workspaceRoot"'],
            [{ 'Grace-Period': 1 }, '"Grace-Period" is not an option: it is called "gracePeriod"'],
            [{ gracePeriod: 'soon', Environment: {} }, 'must be a number. "Environment" is not an option']
        ];
        const right: Record<string, unknown> = { gracePeriod: '100', ecosystem: {} };

        for (const [options, message] of wrong) {
            expect(() => new ProcessExecutor(options))
                .to.throw(message)
                .with.property('name', 'ValidationError');
        }
        expect(() => new ProcessExecutor(right)).not.to.throw();
        expect(() => new ProcessExecutor()).not.to.throw();
    });

    it('shows no value of a wrong setting', () => {
        let error: unknown;

        try {
            new ProcessExecutor({ environment: { TOKEN: ['secret'] as unknown as string }, gracePeriod: -1 });
        } catch (caught) {
            error = caught;
        }

        expect(inspect(error, { depth: null, showHidden: true }))
            .to.contain('"environment.TOKEN" must be a string')
            .and.not.to.contain('secret');
    });

    it('does not change the job tools when its folder is removed', async () => {
        fixture = await Fixture.make('true');
        await writeFile(join(fixture.folder, 'tool'), 'still here');
        const buildId = await fixture.start();

        await fixture.ended(buildId);

        expect(await readFile(join(fixture.folder, 'tool'), 'utf8')).to.equal('still here');
    });
});
