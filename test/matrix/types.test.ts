import assert = require('node:assert');
import fs = require('node:fs');
import path = require('node:path');
import { TREES } from '../compat/trees';
import { ROOT } from '../support/child';
import { place, run } from './tools';

const COMPILERS: Record<string, string> = { 5.9: 'typescript-5.9', '6.0': 'typescript', '7.0': 'typescript-7' };
const STRICT = {
    target: 'es2022',
    lib: ['es2022'],
    types: ['node'],
    strict: true,
    noImplicitOverride: true,
    exactOptionalPropertyTypes: true,
    noUncheckedIndexedAccess: true,
    esModuleInterop: true,
    noEmit: true
};

/** The ways to resolve the package, with the files for each. TypeScript 7 no longer has node10. */
const WAYS: Array<{ module: string; moduleResolution: string; files: string[]; only?: string[] }> = [
    { module: 'commonjs', moduleResolution: 'node10', files: ['imports.ts'], only: ['5.9'] },
    { module: 'commonjs', moduleResolution: 'bundler', files: ['imports.ts'], only: ['6.0', '7.0'] },
    { module: 'node16', moduleResolution: 'node16', files: ['import-equals.cts', 'imports.mts'] },
    { module: 'nodenext', moduleResolution: 'nodenext', files: ['import-equals.cts', 'imports.mts'] },
    { module: 'esnext', moduleResolution: 'bundler', files: ['imports.ts', 'imports.mts'] }
];

/** Compiles files and returns the compiler's messages, if there are any. */
function compile(
    compiler: string,
    folder: string,
    files: string[],
    options: { module: string } & Record<string, unknown>
): Promise<string[]> {
    const project = path.join(folder, `tsconfig.${compiler}.${options.module}.json`);

    fs.writeFileSync(project, JSON.stringify({ compilerOptions: { ...STRICT, ...options }, files }));
    const tsc = path.join(ROOT, 'node_modules', COMPILERS[compiler]!, 'bin', 'tsc');

    return run(process.execPath, [tsc, '--project', project, '--pretty', 'false']).then(
        () => [],
        (error: Error) => error.message.split('\n').filter(line => / error TS/.test(line))
    );
}

describe('Types', () => {
    for (const compiler of Object.keys(COMPILERS)) {
        for (const { files, only = [compiler], ...options } of WAYS.filter(
            way => !way.only || way.only.includes(compiler)
        )) {
            it(`TypeScript ${compiler}, module ${options.module}, ${options.moduleResolution}: a subclass compiles`, async () => {
                assert.ok(only.includes(compiler));
                assert.deepStrictEqual(await compile(compiler, place('types'), files, options), []);
            });
        }
        it(`TypeScript ${compiler} refuses a subclass without _stop and a result of the wrong type`, async () => {
            const options = { module: 'nodenext', moduleResolution: 'nodenext' };
            const errors = await compile(compiler, place('types'), ['refused.mts'], options);

            assert.match(errors.join('\n'), /TS2515/);
            assert.match(errors.join('\n'), /TS2322/);
        });
        it(`TypeScript ${compiler} checks plain JavaScript subclasses`, async () => {
            const options = {
                module: 'nodenext',
                moduleResolution: 'nodenext',
                allowJs: true,
                checkJs: true,
                noImplicitOverride: false
            };
            const folder = place('javascript');

            assert.deepStrictEqual(await compile(compiler, folder, fs.readdirSync(folder), options), []);
        });
        it(`TypeScript ${compiler} finds no published executor at odds with the base`, async () => {
            // Their code is not written for strict types. Only the compiler's messages about the class and the base
            // count.
            const aboutTheBase = /TS(2415|2416|2417|2423|2425|2426|2510|2515|2554|2610|2611|2654|18052)\b/;
            const names = ['docker', 'jenkins', 'k8s', 'k8s-vm', 'nomad', 'queue', 'router'];
            const modules = path.join(TREES.ours, 'node_modules');
            const folder = place('types');
            const files = names.map(name => {
                const file = path.join(modules, `screwdriver-executor-${name}`, 'index.js');

                assert.ok(fs.existsSync(file));

                return file;
            });
            const options = {
                module: 'nodenext',
                moduleResolution: 'nodenext',
                allowJs: true,
                checkJs: true,
                strict: false,
                noImplicitOverride: false,
                maxNodeModuleJsDepth: 0,
                types: []
            };
            const errors = await compile(compiler, folder, files, options);

            assert.deepStrictEqual(
                errors.filter(line => aboutTheBase.test(line)),
                []
            );
        });
    }
});
