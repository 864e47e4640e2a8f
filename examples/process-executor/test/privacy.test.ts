import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { startConfig } from 'screwdriver-executor-base/testing';
import { Fixture, until } from './fixture';

describe('process executor: what a build sees and shows', () => {
    let fixture: Fixture;

    afterEach(() => fixture.close());

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

    it("is readable only by the executor's user", async () => {
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
});
