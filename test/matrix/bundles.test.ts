import assert = require('node:assert');
import fs = require('node:fs');
import os = require('node:os');
import path = require('node:path');
import { createRequire } from 'node:module';
import { CACHE, RUNTIMES, place, run } from './tools';

const load = createRequire(path.join(CACHE, 'package.json'));

/** Bundlers by name. Each makes one file from a consumer, including all of the package's dependencies. */
const BUNDLERS: Record<string, (entry: string, outfile: string) => Promise<void>> = {
    async esbuild(entry, outfile) {
        await load('esbuild').build({
            entryPoints: [entry],
            outfile,
            bundle: true,
            platform: 'node',
            target: 'node20',
            logLevel: 'silent'
        });
    },
    async webpack(entry, outfile) {
        const compiler = load('webpack')({
            entry,
            target: 'node20',
            mode: 'production',
            optimization: { minimize: false },
            output: { path: path.dirname(outfile), filename: path.basename(outfile) }
        });
        const stats = await new Promise<any>((resolve, reject) => {
            compiler.run((error: unknown, result: unknown) => (error ? reject(error) : resolve(result)));
        });

        assert.deepStrictEqual(stats.toJson().errors, []);
    },
    async rollup(entry, outfile) {
        const plugins = [
            load('@rollup/plugin-node-resolve').nodeResolve({ preferBuiltins: true, exportConditions: ['node'] }),
            load('@rollup/plugin-commonjs')({ ignoreDynamicRequires: true }),
            load('@rollup/plugin-json')()
        ];
        const bundle = await load('rollup').rollup({ input: entry, plugins, onwarn: () => {} });

        await bundle.write({ file: outfile, format: 'cjs', inlineDynamicImports: true });
        await bundle.close();
    }
};

describe('Bundles', () => {
    for (const [name, bundle] of Object.entries(BUNDLERS)) {
        for (const consumer of ['commonjs.cjs', 'default.mjs']) {
            it(`${name} makes one of ${consumer} that runs without node_modules`, async () => {
                const outfile = path.join(place('consumers'), '..', 'bundles', `${name}-${consumer}.cjs`);

                await bundle(path.join(CACHE, 'consumers', consumer), outfile);
                assert.match(await runAlone(outfile), /^consumed$/m);
            });
        }
    }
});

/** Runs a file where nothing can be required: in the system's folder for temporary files. */
async function runAlone(file: string): Promise<string> {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'bundle-'));

    try {
        fs.copyFileSync(file, path.join(folder, 'bundle.cjs'));

        return await run(RUNTIMES[0]!.node, [path.join(folder, 'bundle.cjs')], { cwd: folder });
    } finally {
        fs.rmSync(folder, { recursive: true, force: true });
    }
}
