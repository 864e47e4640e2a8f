import assert = require('node:assert/strict');
import { describe, it } from 'mocha';
import Docker = require('dockerode');
import { addImages, images } from '../../images';
import { startRegistry } from '../../support/registry';
import { docker, listing } from '../engine';
import { inTurn, json, startFakeEngine } from '../fake-engine';

describe('the images of these checks', () => {
    it('are removed again if the engine accepts only some of them', async () => {
        const made = json(200, {});
        const added = [images.jobTools, images.noLaunch].map(name => `DELETE /images/${name}`);
        const engine = await startFakeEngine({
            'POST /images/create': inTurn(made, made, json(500, {})),
            ...Object.fromEntries(added.map(removal => [removal, json(200, [])]))
        });

        await assert.rejects(addImages(new Docker(engine.docker)), { statusCode: 500 });
        assert.deepEqual(
            engine.calls.filter(call => call.startsWith('DELETE ')),
            added
        );
        await engine.close();
    });

    it('have no other name on the engine after a failed push', async () => {
        const registry = await startRegistry(docker);
        const found = await listing();

        await registry.close();
        await assert.rejects(registry.push(images.build('ok')), /connection refused/);
        assert.deepEqual(await listing(), found);
    });
});
