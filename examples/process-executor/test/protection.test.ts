import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { link, mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { expect } from 'chai';
import { startConfig } from 'screwdriver-executor-base/testing';
import { Fixture, until } from './fixture';
import { isRoot, startAsOther } from './other-user';

describe('process executor: what a build can do to others', () => {
    let fixture: Fixture;

    afterEach(() => fixture.close());

    it('is to change its own copy of the job tools, not the tools', async () => {
        fixture = await Fixture.make('echo changed >> "$MOUNT_POINT/tool"; cat "$MOUNT_POINT/tool"');
        await writeFile(join(fixture.folder, 'tool'), 'as it was\n');
        const buildId = await fixture.start();

        await fixture.ended(buildId);

        expect(await fixture.log(buildId)).to.match(/^as it was\nchanged\n/);
        expect(await readFile(join(fixture.folder, 'tool'), 'utf8')).to.equal('as it was\n');
    });

    it('is to read the environment of its executor, as the README says', async () => {
        fixture = await Fixture.make(`exec cat /proc/${process.pid}/environ`);
        const buildId = await fixture.start();

        await fixture.ended(buildId);

        expect(await fixture.log(buildId)).to.match(/\bPATH=/);
    });

    for (const [what, put] of [
        ['a symbolic link', (target: string, log: string) => symlink(target, log)],
        ['a second name of another file', (target: string, log: string) => link(target, log)],
        ['a pipe', (_target: string, log: string) => void execFileSync('mkfifo', [log])]
    ] as const) {
        it(`is not to replace the log of another build by ${what}`, async () => {
            fixture = await Fixture.make(['true']);
            const config = startConfig(fixture.api);
            const target = join(fixture.folder, 'target');

            await mkdir(fixture.root);
            await writeFile(target, 'as it was');
            await put(target, join(fixture.root, `${config.buildId}.log`));
            const error: unknown = await fixture.executor.start(config).catch((reason: unknown) => reason);

            expect(error).to.include({ code: 'PROCESS_WORKSPACE', kind: 'configuration' });
            expect(await readFile(target, 'utf8')).to.equal('as it was');
            expect(await fixture.buildFolders()).to.deep.equal([]);
        });
    }

    it('is not to redirect what the executor adds to its log', async () => {
        fixture = await Fixture.make('rm "$HOME/../../$3.log"; ln -s "$HOME/../../../target" "$HOME/../../$3.log"');
        const target = join(fixture.folder, 'target');

        await writeFile(target, 'as it was');
        const buildId = await fixture.start();

        await until(() => fixture.statusOf(buildId) === 'FAILURE');
        await fixture.ended(buildId);

        expect(await readFile(target, 'utf8')).to.equal('as it was');
    });

    it('is not to keep its folder by removing its own permissions', async () => {
        fixture = await Fixture.make(
            'mkdir -p "$HOME/kept/inner"; touch "$HOME/kept/inner/file"; ln -s / "$HOME/kept/root"; ' +
                'chmod 000 "$HOME/kept/inner"; chmod 555 "$HOME/kept" "$HOME" "$HOME/.."; exec sleep 60'
        );
        const buildId = await fixture.start();

        await until(async () => (await readdir(join(fixture.root, String(buildId), 'home'))).includes('kept'));
        await fixture.stopAndWait(buildId);

        expect(await fixture.buildFolders()).to.deep.equal([]);
        expect(await readdir('/')).to.include('proc');
    });

    it("is to keep a folder where another user's files are, which is named once, and tried again by the next", async function () {
        if (!isRoot) return this.skip();
        fixture = await Fixture.make(['sleep 60']);
        const config = startConfig(fixture.api);
        const { buildId } = config;
        const other = await startAsOther(fixture, config);
        const warned = text(other.stderr!);

        await until(() => fixture.statusOf(Number(buildId)) === 'RUNNING');
        await mkdir(join(fixture.root, String(buildId), 'home', 'of-root', 'inner'), { recursive: true });
        other.kill('SIGTERM');
        await once(other, 'exit');
        const [left, ...others] = await fixture.buildFolders();

        expect(others).to.deep.equal([]);
        expect((await warned).match(/cannot be removed \(\w+\) and stays/g)).to.have.length(1);
        expect(await warned).to.contain(`The folder ${join(fixture.root, String(left))} cannot be removed`);
        await fixture.start();
        await until(async () => !(await fixture.buildFolders()).includes(String(left)));
    });
});
