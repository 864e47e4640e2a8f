import assert = require('node:assert/strict');
import { after, before, describe, it } from 'mocha';
import { docker } from '../../docker/engine';
import { images } from '../../images';
import { startRegistry } from '../../support/registry';
import { until } from '../../support/until';
import { needsThisHost } from '../cluster';
import { oneBuild } from '../one-build';

describe('a build whose image cannot be pulled', () => {
    const build = oneBuild();

    describe('because its registry does not have it', () => {
        let registry: Awaited<ReturnType<typeof startRegistry>>;
        let missing: string;

        before(async function () {
            needsThisHost(this);
            registry = await startRegistry(docker);
            missing = (await registry.push(images.build('ok'))).replace(/:ok$/, ':missing');
        });

        after(() => registry?.close());

        it('says so at once, with its name', async () => {
            await build.start(missing);
            const reason = await until('the reason', build.verify);

            assert.ok(reason.startsWith(`The image ${missing} is not available: check its name and tag.`), reason);
        });

        it('says so about the job tools', async () => {
            build.use({ jobToolsImage: missing });
            await build.start(images.build('ok'));
            const reason = await until('the reason', build.verify);

            assert.ok(reason.startsWith(`The image ${missing} is not available: check its name and tag.`), reason);
        });
    });

    it('because its registry does not answer says so after a while, and does not blame the name', async () => {
        build.use({ stuckSeconds: 10 });
        await build.start('127.0.0.1:1/node:22');
        const words = /^The image 127\.0\.0\.1:1\/node:22 is not there yet: the cluster tries again\. /;

        await until('the trouble', async () => words.test(await build.status()));
        assert.equal(await build.verify(), '');
        assert.match(await until('the reason', build.verify), words);
    });
});
