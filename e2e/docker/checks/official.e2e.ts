import assert = require('node:assert/strict');
import { beforeEach, describe, it } from 'mocha';
import { annotations } from '../../support/annotations';
import { images } from '../../images';
import { rejection } from '../../support/rejection';
import { buildsOnEngine } from '../engine';
import { oneBuild } from '../one-build';

const ADDRESSES = { store: 'http://127.0.0.1:1/store', ui: 'http://127.0.0.1:1/ui' };

// e2e/launcher runs such builds against the real API.
describe('a build with the official job tools', () => {
    const build = oneBuild();

    const useOfficial = (options = {}) =>
        build.use({ jobTools: 'official', jobToolsImage: images.official, ecosystem: ADDRESSES, ...options });

    beforeEach(() => useOfficial());

    it('runs them under dumb-init, with the addresses of API, store and UI, and no token in an argument', async () => {
        await build.start(images.build('ok'));
        const { Path, Args, Config } = await build.container().inspect();
        const token = Config.Env.find(line => line.startsWith('SD_TOKEN='))?.slice('SD_TOKEN='.length) ?? '';

        assert.equal(Path, '/opt/sd/dumb-init');
        for (const word of [build.api.uri, ADDRESSES.store, ADDRESSES.ui, String(build.id)])
            assert.ok(Args.includes(word), word);
        assert.ok(!JSON.stringify([Path, Args, Config.Labels]).includes(token));
    });

    it('has a token that outlives its timeout and its grace time by half an hour', async () => {
        const minutes = { timeout: 90, terminationGracePeriodSeconds: 3600 };

        await build.start(images.build('sleeps'), { annotations: annotations(minutes) });
        const { Config } = await build.container().inspect();
        const token = Config.Env.find(line => line.startsWith('SD_TOKEN='))!.slice('SD_TOKEN='.length);
        const { exp, iat } = JSON.parse(Buffer.from(token.split('.')[1]!, 'base64url').toString());

        assert.equal((exp - iat) / 60, 90 + 60 + 30);
    });

    it('whose image has no shell says so', async () => {
        await build.start(images.noShell);
        await build.container().wait();
        assert.match(await build.verify(), /cannot run in the image .*no-shell:1: .* the image lacks the shell/);
    });

    it('whose job tools are not the official ones fails with what is missing there', async () => {
        useOfficial({ jobToolsImage: images.noLaunch });
        const error = await rejection(build.start(images.build('ok')));

        assert.equal(error.code, 'DOCKER_LAUNCH');
        assert.match(error.message, /\/opt\/sd\/dumb-init cannot run/);
        assert.deepEqual(await buildsOnEngine(), []);
    });
});
