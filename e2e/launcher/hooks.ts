import { mochaHooks as engine } from '../docker/hooks';
import { emptyEngine } from '../docker/engine';
import { screwdriver } from './real';
import type { Context } from 'mocha';

/**
 * Around all checks: adds the images, boots a Screwdriver, and asserts that the engine has the same content after the
 * checks as before.
 */
export const mochaHooks = {
    async beforeAll(this: Context) {
        // The API is installed on first use.
        this.timeout(900_000);
        await engine.beforeAll();
        await screwdriver.boot();
    },
    async afterAll(this: Context) {
        this.timeout(300_000);
        await emptyEngine().catch(() => {});
        await screwdriver.close();
        await engine.afterAll();
    }
};
