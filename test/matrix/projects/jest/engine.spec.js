'use strict';

/* global describe, expect, it, jest */

const Executor = require('screwdriver-executor-base');
const Engine = require('./engine');

const config = { buildId: 15, container: 'node:20', apiUri: 'http://127.0.0.1', token: 'abcdefg' };

describe('an executor in a Jest project', () => {
    it('starts, with the exchange replaced', async () => {
        const engine = new Engine();
        const exchange = jest.spyOn(engine, 'exchangeTokenForBuild').mockResolvedValue('build-token');

        await expect(engine.start(config)).resolves.toBe('build-token');
        expect(exchange).toHaveBeenCalledWith('abcdefg', 45);
    });
    it('rejects a config that the schema refuses', async () => {
        await expect(new Engine().start({})).rejects.toMatchObject({ isJoi: true, name: 'ValidationError' });
    });
    it('rejects a hook that is not implemented', async () => {
        await expect(new Engine().stop(config)).rejects.toThrow('Not implemented');
    });
    it('is an instance of the base', () => {
        expect(new Engine()).toBeInstanceOf(Executor);
    });
    it('can be mocked as a whole', async () => {
        jest.resetModules();
        jest.doMock('screwdriver-executor-base');
        const Mocked = require('screwdriver-executor-base');

        expect(jest.isMockFunction(Mocked.prototype.start)).toBe(true);
    });
});
