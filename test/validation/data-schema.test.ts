import { expect } from 'chai';
import mockery from 'mockery';
import { reservedJobAnnotations } from '../../dist/validation/data-schema';
import { parseAnnotations } from '../../dist/build/annotations';
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

/** Puts exports in the place of a module that is not loaded yet. */
const replaced = (name: string, exports: string) =>
    `require.cache[require.resolve('${name}')] = { exports: ${exports}, loaded: true };`;

describe('screwdriver-data-schema', () => {
    it('is not loaded, nor is Joi, for a start that is plainly valid', async () => {
        expect(await run('start().then(report)')).to.deep.equal({ result: { displayName: 'x' }, joi: false });
    });

    it('judges what is not plainly valid', async () => {
        const program = "start({ jobName: 'no name' }).catch(error => report(error.message))";

        expect(await run(program))
            .to.deep.include({ joi: true })
            .and.to.have.property('result')
            .that.matches(/jobName/);
    });

    it('judges everything in a version that the shortcut was not proven on', async () => {
        const program =
            replaced('screwdriver-data-schema/package.json', "{ version: '26.99.0' }") + 'start().then(report)';

        expect(await run(program)).to.deep.equal({ result: { displayName: 'x' }, joi: true });
    });

    it('judges everything where its version cannot be read', async () => {
        const program = replaced('screwdriver-data-schema/package.json', 'null') + 'start().then(report)';

        expect(await run(program)).to.deep.equal({ result: { displayName: 'x' }, joi: true });
    });

    it('judges everything once it is loaded: it may have been changed', async () => {
        const program = `
            const schema = require('screwdriver-data-schema').plugins.executor;
            schema.start = schema.start.keys({ buildId: require('joi').number().min(2) });
            start().catch(error => report(error.message))`;

        expect(await run(program)).to.deep.equal({ result: '"buildId" must be greater than or equal to 2', joi: true });
    });

    it('leaves no trace of the look at what its name leads to', async () => {
        const program = `start().then(() => {
            report(require.cache[require.resolve('screwdriver-data-schema')] === undefined
                && typeof require('screwdriver-data-schema').plugins.executor.start.validate);
        })`;

        expect(await run(program)).to.deep.include({ result: 'function' });
    });

    it('reserves the annotations that are known without loading it', () => {
        const { config } = require('screwdriver-data-schema') as {
            config: { annotations: { reservedJobAnnotations: string[] } };
        };
        const reserved = config.annotations.reservedJobAnnotations;
        const inShort = parseAnnotations(Object.fromEntries(reserved.map(name => [name, 1])));

        expect(Object.keys(inShort)).to.have.members(reserved.map(name => name.slice('screwdriver.cd/'.length)));
        expect(reserved).to.include.members(reservedJobAnnotations());
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
});
