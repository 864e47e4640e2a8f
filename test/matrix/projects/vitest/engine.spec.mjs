import { once } from 'node:events';
import { createServer } from 'node:http';
import { afterAll, describe, expect, it, vi } from 'vitest';
import Executor, { ExecutorError } from 'screwdriver-executor-base';

class Engine extends Executor {
    async _start({ token }) {
        return this.exchangeTokenForBuild(token, 45);
    }
}

const api = createServer((request, response) => response.writeHead(401).end()).listen(0, '127.0.0.1');

await once(api, 'listening');

const apiUri = `http://127.0.0.1:${api.address().port}`;
const config = { buildId: 15, container: 'node:20', apiUri, token: 'abcdefg' };

afterAll(() => api.close());

describe('an executor in a Vitest project', () => {
    it('starts, with the exchange replaced', async () => {
        const engine = new Engine();
        const exchange = vi.spyOn(engine, 'exchangeTokenForBuild').mockResolvedValue('build-token');

        await expect(engine.start(config)).resolves.toBe('build-token');
        expect(exchange).toHaveBeenCalledWith('abcdefg', 45);
    });
    it('rejects a config that the schema refuses', async () => {
        await expect(new Engine().start({})).rejects.toMatchObject({ isJoi: true, name: 'ValidationError' });
    });
    it('rejects with the error class that can be imported by name', async () => {
        await expect(new Engine().start(config)).rejects.toBeInstanceOf(ExecutorError);
    });
});
