import { expect } from 'chai';
import mockery from 'mockery';
import { startConfig } from '../support/configs';
import { runNode } from '../support/child';

const START = `
    class MyExecutor extends require('screwdriver-executor-base') {
        _start(config) { return this.parseAnnotations(config.annotations); }
    }
    const loaded = name => Object.keys(require.cache).some(file => file.includes('/node_modules/' + name + '/'));
    const start = config => new MyExecutor().start({ buildId: 1, container: 'node:20', apiUri: 'http://localhost',
        token: 'token', annotations: { 'screwdriver.cd/displayName': 'x', 'screwdriver.cd/ofNobody': 1 }, ...config });
    const report = result => console.log(JSON.stringify({ result, joi: loaded('joi') }));
`;

async function run(program: string): Promise<unknown> {
    const { stdout, stderr } = await runNode(START + program);

    expect(stderr).to.equal('');

    return JSON.parse(stdout);
}

/** Replaces the exports of a module that is not loaded yet. */
const replaced = (name: string, exports: string) =>
    `require.cache[require.resolve('${name}')] = { exports: ${exports}, loaded: true };`;

/** Puts a hook around a method that Node loads modules with. */
const hooked = (method: string, hook: string) => `{
    const Module = require('node:module');
    const owner = '${method}' === 'require' ? Module.prototype : Module;
    const original = owner.${method};

    owner.${method} = function (...args) { return (${hook})(given => original.apply(this, given), args); };
}`;

describe('screwdriver-data-schema', () => {
    it('is not loaded, nor is Joi, for a start that is plainly valid', async () => {
        expect(await run('start().then(report)')).to.deep.equal({ result: { displayName: 'x' }, joi: false });
    });

    it('is loaded for anything that is not plainly valid', async () => {
        const program = "start({ jobName: 'no name' }).catch(error => report(error.message))";

        expect(await run(program))
            .to.deep.include({ joi: true })
            .and.to.have.property('result')
            .that.matches(/jobName/);
    });

    it('is loaded in a version for which the shortcut is not proven', async () => {
        const program =
            replaced('screwdriver-data-schema/package.json', "{ version: '26.99.0' }") + 'start().then(report)';

        expect(await run(program)).to.deep.equal({ result: { displayName: 'x' }, joi: true });
    });

    it('is loaded if its version cannot be read', async () => {
        const program = replaced('screwdriver-data-schema/package.json', 'null') + 'start().then(report)';

        expect(await run(program)).to.deep.equal({ result: { displayName: 'x' }, joi: true });
    });

    it('is used for everything once it is loaded, since it may have been changed', async () => {
        const program = `
            const schema = require('screwdriver-data-schema').plugins.executor;
            schema.start = schema.start.keys({ buildId: require('joi').number().min(2) });
            start().catch(error => report(error.message))`;

        expect(await run(program)).to.deep.equal({ result: '"buildId" must be greater than or equal to 2', joi: true });
    });

    it('is not loaded by the check of what its name resolves to', async () => {
        const program = `Error.stackTraceLimit = 3; start().then(() => {
            report(Error.stackTraceLimit === 3
                && require.cache[require.resolve('screwdriver-data-schema')] === undefined
                && typeof require('screwdriver-data-schema').plugins.executor.start.validate);
        })`;

        expect(await run(program)).to.deep.include({ result: 'function' });
    });

    it('is loaded if stacks do not show the caller', async () => {
        for (const stack of ['""', 'undefined']) {
            const program = `Error.prepareStackTrace = () => ${stack}; start().then(report)`;

            expect(await run(program)).to.deep.equal({ result: { displayName: 'x' }, joi: true });
        }
    });

    it('is loaded if a module that does not exist can be required', async () => {
        const program = hooked('_load', '(original, args) => args[0].endsWith("of-nobody") ? {} : original(args)');

        expect(await run(program + 'start().then(report)')).to.deep.include({ joi: true });
    });

    describe('replaced by its name', () => {
        const error = new Error('judged by the replacement');

        beforeEach(() => {
            mockery.enable({ useCleanCache: true, warnOnUnregistered: false });
            mockery.registerMock('screwdriver-data-schema', {
                plugins: { executor: { start: { validate: () => ({ error }) } } }
            });
        });

        afterEach(() => {
            mockery.deregisterAll();
            mockery.disable();
        });

        it('judges a config that is plainly valid', async () => {
            const Executor = require('../..') as new () => { start(config: unknown): Promise<unknown> };

            expect(await new Executor().start(startConfig()).catch((reason: unknown) => reason)).to.equal(error);
        });

        it('reserves the annotations that the replacement reserves', () => {
            const Executor = require('../..') as new () => { parseAnnotations(annotations: unknown): unknown };

            expect(
                new Executor().parseAnnotations({ 'screwdriver.cd/displayName': 1, 'screwdriver.cd/cpu': 2 })
            ).to.deep.equal({
                cpu: 2
            });
        });
    });

    describe('behind a hook on require', () => {
        const REPLACED = `{ plugins: { executor: { start: { validate: () => ({ error: new Error('replaced') }) } } } }`;
        const REPORT_ERROR = 'start().catch(error => report(error.message));';

        for (const version of [5, 6, 7]) {
            const hook = (modules: string, give: string) => `{
                const given = require('require-in-the-middle-${version}');

                new (given.Hook ?? given)(${modules}, exports => (${give}));
            }`;

            for (const [what, give] of Object.entries({
                'what it gets': 'exports',
                'a proxy of it': 'exports?.plugins ? new Proxy(exports, {}) : exports'
            })) {
                it(`is loaded if require-in-the-middle ${version} returns ${what}`, async () => {
                    const program = `
                        ${hook('null', give)}
                        const plainly = start();
                        const forJoiAlone = start({ apiUri: 'http://localhost?a' });
                        const refused = start({ buildId: 'x' }).catch(error => error.message);

                        Promise.all([plainly, forJoiAlone, refused]).then(report);
                    `;

                    expect(await run(program)).to.deep.include({
                        result: [{ displayName: 'x' }, { displayName: 'x' }, '"buildId" must be a number']
                    });
                });
            }

            it(`is seen as it is by a hook of require-in-the-middle ${version}, once`, async () => {
                const program = `
                    const seen = [];

                    ${hook("['screwdriver-data-schema']", 'seen.push(typeof exports.plugins), exports')}
                    start({ jobName: 'a b' }).catch(() => start()).then(() => report(seen));
                `;

                expect(await run(program)).to.deep.include({ result: ['object'] });
            });

            it(`is what a hook of require-in-the-middle ${version} puts in its place`, async () => {
                const program = hook("['screwdriver-data-schema']", REPLACED) + REPORT_ERROR;

                expect(await run(program)).to.deep.include({ result: 'replaced' });
            });
        }

        for (const method of ['require', '_load']) {
            for (const [when, hook] of Object.entries({
                before: `(original, args) => args[0] === 'screwdriver-data-schema' ? ${REPLACED} : original(args)`,
                after: `(original, args) => {
                    const exports = original(args);

                    return args[0] === 'screwdriver-data-schema' ? ${REPLACED} : exports;
                }`
            })) {
                it(`is what a hook puts in its place ${when} Module's ${method} has run`, async () => {
                    expect(await run(hooked(method, hook) + REPORT_ERROR)).to.deep.include({ result: 'replaced' });
                });
            }
        }
    });
});
