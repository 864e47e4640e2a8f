'use strict';

const assert = require('node:assert/strict');
const { describe, it } = require('mocha');
const Docker = require('../../../examples/docker-executor/node_modules/dockerode');
const { addImages, images } = require('../../images');
const { startRegistry } = require('../../support/registry');
const { docker, listing } = require('../engine');
const { inTurn, json, startFakeEngine } = require('../fake-engine');

describe('the images of these checks', () => {
    it('go again where the engine takes only some of them', async () => {
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

    it('have no other name on the engine after a push that fails', async () => {
        const registry = await startRegistry(docker);
        const found = await listing();

        await registry.close();
        await assert.rejects(registry.push(images.build('ok')), /connection refused/);
        assert.deepEqual(await listing(), found);
    });
});
