import { appendFileSync } from 'node:fs';
import { appendFile, chmod, open, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { expect } from 'chai';
import { startConfig } from 'screwdriver-executor-base/testing';
import { launchFailed } from '../lib/errors';
import { ProcessGroup } from '../lib/process-group';
import { Fixture } from './fixture';
import { startAsOther } from './other-user';
import type { StartConfig } from 'screwdriver-executor-base';

const BUSY = { code: 'PROCESS_LAUNCHER_BUSY', kind: 'engine', retryable: true };

describe('process executor: a start that fails', () => {
    let fixture: Fixture;

    beforeEach(async () => {
        fixture = await Fixture.make(['sleep 60']);
    });

    afterEach(() => fixture.close());

    async function failure(overrides: Partial<StartConfig> = {}): Promise<Error> {
        const config = startConfig(fixture.api, overrides);
        const error = await fixture.executor.start(config).then(
            () => new Error('it started'),
            (reason: Error) => reason
        );

        expect(error.message).not.to.contain(config.token);
        expect(await fixture.buildFolders()).to.deep.equal([]);
        expect(await fixture.executor.status({ buildId: config.buildId })).to.contain('is not on this executor');
        expect(fixture.executor.stats().requests).to.include({ total: 1, success: 0, failure: 1, concurrent: 0 });

        return error;
    }

    it('says that there is no launcher, and asks for no token', async () => {
        await rm(join(fixture.folder, 'launch'));
        const error = await failure();

        expect(error).to.include({ code: 'PROCESS_LAUNCHER', kind: 'configuration' });
        expect(error.message).to.contain(`The launcher ${fixture.folder}/launch cannot be run (ENOENT)`);
        expect(fixture.api.requests).to.deep.equal([]);
    });

    it('says that the launcher is not executable', async () => {
        await chmod(join(fixture.folder, 'launch'), 0o644);
        const error = await failure();

        expect(error).to.have.property('code', 'PROCESS_LAUNCHER');
        expect(error.message).to.contain('/launch cannot be run (EACCES)');
        expect(fixture.api.requests).to.deep.equal([]);
    });

    it("says that the launcher's interpreter is missing", async () => {
        await writeFile(join(fixture.folder, 'launch'), '#!/no/such/interpreter\n');
        const error = await failure();

        expect(error).to.have.property('code', 'PROCESS_LAUNCHER');
        expect(error.message).to.contain('the interpreter in its first line');
    });

    it('says that the annotation for the timeout is not a number', async () => {
        const error = await failure({ annotations: { 'beta.screwdriver.cd/timeout': { minutes: 5 } } });

        expect(error).to.include({ code: 'PROCESS_ANNOTATION', kind: 'configuration', retryable: false });
        expect(error.message).to.contain('screwdriver.cd/timeout must be a number of minutes, not an object');
        expect(fixture.api.requests).to.deep.equal([]);
    });

    it('is retryable if the launcher changes while it is copied, or is written when it is to run', async () => {
        const launcher = join(fixture.folder, 'launch');
        const writer = await open(launcher, 'r+');
        const busy: unknown = await ProcessGroup.spawn(launcher, [], {}).catch((error: unknown) => error);

        await writer.close();
        expect(busy).to.have.property('code', 'ETXTBSY');
        expect(launchFailed(launcher, busy as Error, {})).to.include(BUSY);

        // Large enough that copying it takes longer than the time between two writes.
        await appendFile(launcher, '\n'.repeat(2 ** 25));
        const writes = setInterval(() => appendFileSync(launcher, '\n'), 1);

        try {
            expect(await failure()).to.include(BUSY);
        } finally {
            clearInterval(writes);
        }
    });

    it('is retryable if the machine has no room for another process', async () => {
        const other = await startAsOther(fixture, startConfig(fixture.api), 1);
        const said = text(other.stdout!);

        await new Promise(resolve => other.stdout!.on('data', line => /rejected/.test(String(line)) && resolve(line)));
        other.kill('SIGKILL');

        expect(await said).to.contain('rejected PROCESS_CAPACITY capacity true');
        expect(await fixture.buildFolders()).to.deep.equal([]);
    });

    it('names the variable, and no value, where the environment is too large for the system', async () => {
        await fixture.close();
        fixture = await Fixture.make([], { environment: { SMALL: 'a', LARGE: 'secret'.repeat(30_000) } });
        const error = await failure();

        expect(error).to.include({ code: 'PROCESS_ENVIRONMENT', kind: 'configuration', retryable: false });
        expect(error.message).to.contain('(E2BIG): LARGE alone has 180000 bytes').and.not.to.contain('secret');
    });

    it('says why there was no token, and leaves nothing behind', async () => {
        fixture.api.failNext(403);
        const error = await failure();

        expect(error).to.include({ code: 'EXECUTOR_EXCHANGE_FORBIDDEN', statusCode: 403 });
    });

    it('lets the build be started again', async () => {
        const config = startConfig(fixture.api);

        fixture.api.failNext(404);
        await fixture.executor.start(config).catch(() => {});
        await fixture.executor.start(config);

        expect(await fixture.executor.status({ buildId: config.buildId })).to.contain('has been running');
    });
});
