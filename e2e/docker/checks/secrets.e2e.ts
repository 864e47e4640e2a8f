import assert = require('node:assert/strict');
import { describe, it } from 'mocha';
import { inspect } from 'node:util';
import { rejection } from '../../support/rejection';
import { json } from '../fake-engine';
import { IMAGE, onFakeEngine } from '../on-fake-engine';
import type { ServerResponse } from 'node:http';

/** What an engine may quote from a request. */
const QUOTED = `SD_TOKEN=eyJhbGciOiJSUzI1NiJ9.${Buffer.from('{"scope":["build"]}').toString('base64url')}.c2lnbmF0dXJl`;
const refusal = json(500, { message: `no memory for ${QUOTED}` });
const FAILED = { Status: 'created', Error: `no memory for ${QUOTED}` };

describe('an engine that quotes a token', () => {
    const build = onFakeEngine();
    const missing = { [`GET /images/${IMAGE}/json`]: json(404, {}) };

    for (const [where, answers] of Object.entries({
        'when it should create a container': { 'POST /containers/create?name=sd-build-7': refusal },
        'when it should start a container': { 'POST /containers/made/start': refusal },
        'when it should pull an image': { ...missing, 'POST /images/create': refusal },
        'during a pull': {
            ...missing,
            'POST /images/create': (response: ServerResponse) => response.end(`${JSON.stringify({ error: QUOTED })}\n`)
        },
        'when it is asked for a container': { 'GET /containers/sd-build-7/json': refusal }
    })) {
        it(`${where} is quoted without it, and nothing in the error shows it`, async () => {
            await build.use(answers);
            const error = await rejection(build.start());

            assert.match(error.message, /SD_TOKEN=\*\*\*/);
            assert.ok(!inspect(error, { depth: Infinity, showHidden: true }).includes('eyJ'));
            assert.ok(!JSON.stringify(error).includes('eyJ'));
        });
    }

    it('when a container could not start is quoted without it by verify and status', async () => {
        await build.use({
            'GET /containers/sd-build-7/json': json(200, {
                Id: 'made',
                State: FAILED,
                Config: { Image: IMAGE },
                Path: '/opt/sd/launch'
            })
        });
        for (const text of [await build.verify(), await build.status()]) assert.match(text, /SD_TOKEN=\*\*\*$/);
    });
});
