import { expect } from 'chai';
import Executor = require('screwdriver-executor-base');
import { runNode } from '../support/child';

/** Runs a program that prints one JSON value. */
async function valueOf(source: string, flags: string[] = []): Promise<any> {
    const { code, stdout, stderr } = await runNode(source, flags);

    expect(stderr).to.equal('');
    expect(code).to.equal(0);

    return JSON.parse(stdout);
}

describe('loading the package', () => {
    it('gives the class, by its name and by file path', async () => {
        const same = await valueOf(`
            const path = require('node:path');
            const Executor = require('screwdriver-executor-base');
            console.log(JSON.stringify([
                typeof Executor,
                Executor.name,
                Executor === require('screwdriver-executor-base/index'),
                Executor === require(path.resolve('index')),
                Executor === require(path.resolve('.'))
            ]));
        `);

        expect(same).to.deep.equal(['function', 'Executor', true, true, true]);
    });

    it('gives an ESM import the same class as default, and every static by its name', async () => {
        const statics = Object.keys(Executor).sort();
        const seen = await valueOf(
            `
            import { createRequire } from 'node:module';
            import Executor, * as named from 'screwdriver-executor-base';

            const required = createRequire(process.cwd() + '/')('screwdriver-executor-base');
            const names = Object.keys(named).filter(name => name !== 'default' && name !== 'module.exports');

            console.log(JSON.stringify({
                same: Executor === required,
                names: names.sort(),
                equal: names.every(name => named[name] === required[name])
            }));
        `,
            ['--input-type=module']
        );

        expect(statics).to.include.members(['ExecutorError', 'buildTimeoutFrom', 'launch', 'OFFICIAL_LAUNCH']);
        expect(seen).to.deep.equal({ same: true, names: statics, equal: true });
    });

    it('reads no file through fs', async () => {
        // Like the suites of published executors: while the package loads, fs has only two stubs.
        const loaded = await valueOf(`
            const Module = require('node:module');
            const load = Module._load;
            const asked = [];

            Module._load = function (request, ...rest) {
                asked.push(request);
                const stub = { readFileSync: () => { throw new Error('read'); }, writeFile: () => {} };

                return /^(node:)?fs(\\/promises)?$/.test(request) ? stub : load.call(this, request, ...rest);
            };
            const Executor = require('screwdriver-executor-base');

            new Executor().parseAnnotations({ 'screwdriver.cd/cpu': 'HIGH' });
            console.log(JSON.stringify({ name: Executor.name, asked: asked.filter(name => /fs/.test(name)) }));
        `);

        expect(loaded).to.deep.equal({ name: 'Executor', asked: [] });
    });

    it('adds no global and no listener, prints nothing and keeps no process alive', async () => {
        const { code, stdout, stderr } = await runNode(`
            const state = () => JSON.stringify([
                Object.getOwnPropertyNames(globalThis),
                Object.getOwnPropertySymbols(globalThis).map(String),
                process.eventNames().map(name => [String(name), process.listenerCount(name)]),
                Object.keys(process.env),
                process.getActiveResourcesInfo(),
                Error.stackTraceLimit, Error.prepareStackTrace === undefined
            ]);
            const before = state();
            const Executor = require('screwdriver-executor-base');

            new Executor();
            process.exitCode = state() === before ? 0 : 3;
        `);

        expect({ code, stdout, stderr }).to.deep.equal({ code: 0, stdout: '', stderr: '' });
    });

    it('loads schemas and the token exchange only when they are needed', async () => {
        const heavy = await valueOf(`
            const heavy = () => ['/joi/', '/screwdriver-data-schema/', '/@hapi/hoek/', '/dist/exchange/'].filter(
                name => Object.keys(require.cache).some(file => file.includes(name)));
            const steps = {};
            const Executor = require('screwdriver-executor-base');
            const executor = new Executor();

            executor.parseAnnotations({ 'screwdriver.cd/cpu': 'HIGH', 'example.com/mine': 1 });
            Executor.buildTimeoutFrom({ 'beta.screwdriver.cd/timeout': 5 });
            executor.supports('start');
            steps.common = heavy();
            executor.start({}).catch(() => {
                steps.start = heavy();
                console.log(JSON.stringify(steps));
            });
        `);

        expect(heavy.common).to.deep.equal([]);
        expect(heavy.start).to.include.members(['/joi/', '/screwdriver-data-schema/']);
        expect(heavy.start).to.not.include('/dist/exchange/');
    });

    it('requires screwdriver-data-schema by name', async () => {
        const calls = await valueOf(`
            const Module = require('node:module');
            const load = Module._load;
            const validated = [];
            const schema = name => ({ validate: value => (validated.push([name, value]), {}) });
            const executorSchemas = Object.fromEntries(
                ['start', 'stop', 'verify', 'status'].map(name => [name, schema(name)]));

            Module._load = function (request, ...rest) {
                return request === 'screwdriver-data-schema'
                    ? { plugins: { executor: executorSchemas } }
                    : load.call(this, request, ...rest);
            };
            const Executor = require('screwdriver-executor-base');
            const executor = new Executor();

            Promise.allSettled([executor.start({ a: 1 }), executor.status({ a: 2 })]).then(
                () => console.log(JSON.stringify(validated)));
        `);

        expect(calls).to.deep.equal([
            ['start', { a: 1 }],
            ['status', { a: 2 }]
        ]);
    });

    it("passes on the rejection of a schema that replaces Joi's, details or not", async () => {
        const rejections = await valueOf(`
            const errors = {
                start: new Error('without details'),
                stop: Object.assign(new Error('without context'), { details: [{ message: 'a' }] })
            };
            const schemas = Object.fromEntries(
                Object.entries(errors).map(([name, error]) => [name, { validate: () => ({ error }) }]));

            require.cache[require.resolve('screwdriver-data-schema')] = {
                loaded: true, exports: { plugins: { executor: schemas } }
            };
            const Executor = require('screwdriver-executor-base');
            const executor = new Executor();

            Promise.all(['start', 'stop'].map(name => executor[name]({}).catch(error => error === errors[name]))).then(
                same => console.log(JSON.stringify(same)));
        `);

        expect(rejections).to.deep.equal([true, true]);
    });

    it('removes the values from the details of the alternatives of another schema', async () => {
        const details = (await valueOf(`
            const joi = require('joi');
            const start = joi.alternatives(joi.object({ a: joi.valid(1) }), joi.object({ a: joi.valid(2) }));

            require.cache[require.resolve('screwdriver-data-schema')] = {
                loaded: true, exports: { plugins: { executor: { start } } }
            };
            const Executor = require('screwdriver-executor-base');

            new Executor().start({ a: 'secret' }).catch(({ details }) => console.log(JSON.stringify({
                inner: details[0].context.details.length, shown: JSON.stringify(details).includes('secret')
            })));
        `)) as unknown;

        expect(details).to.deep.equal({ inner: 2, shown: false });
    });
});
