import assert = require('node:assert');
import path = require('node:path');
import { CACHE, RUNTIMES, place, run } from './tools';

const { node } = RUNTIMES[0]!;
const tool = (file: string) => path.join(CACHE, 'node_modules', file);

describe('Projects of test runners', () => {
    it('a Jest project tests an executor', async () => {
        const rootDir = path.join(place('projects'), 'jest');
        const config = JSON.stringify({ rootDir, testMatch: ['**/*.spec.js'], haste: { enableGlobalPackages: false } });
        const output = await run(node, [tool('jest/bin/jest.js'), '--ci', '--no-watchman', `--config=${config}`]);

        assert.match(output, /5 passed/);
    });
    it('a Vitest project tests an executor', async () => {
        const root = path.join(place('projects'), 'vitest');
        const output = await run(node, [tool('vitest/vitest.mjs'), 'run', `--root=${root}`, '--no-color']);

        assert.match(output, /3 passed/);
    });
});
