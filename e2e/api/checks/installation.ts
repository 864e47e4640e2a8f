import assert = require('node:assert/strict');
import fs = require('node:fs');
import path = require('node:path');
import { createRequire } from 'node:module';
import { ROOT } from '../../../test/support/child';
import { copiesOfBase, MODULES } from '../lib/installation';
import type { Report } from '../lib/report';

/** The API runs on the package under test, and on no other base. */
export async function checkInstallation(report: Report): Promise<void> {
    const manifest = JSON.parse(fs.readFileSync(path.join(ROOT, 'package.json'), 'utf8'));
    const copies = copiesOfBase();

    await report.check('the package under test is the only executor base in the API tree', () => {
        assert.deepEqual(copies, [path.join(MODULES, 'screwdriver-executor-base')]);
        const { version } = require('screwdriver-executor-base/package.json');

        assert.equal(version, manifest.version);
        for (const file of ['index.js', ...fs.readdirSync(path.join(ROOT, 'dist')).map(name => `dist/${name}`)]) {
            if (!fs.statSync(path.join(ROOT, file)).isFile()) continue;
            assert.ok(
                fs.readFileSync(path.join(ROOT, file)).equals(fs.readFileSync(path.join(copies[0]!, file))),
                file
            );
        }
    });

    await report.check('every executor of the API extends it', () => {
        const Base = require('screwdriver-executor-base');

        for (const name of ['docker', 'k8s', 'k8s-vm', 'queue', 'router']) {
            assert.ok(require(`screwdriver-executor-${name}`).prototype instanceof Base, name);
        }
    });

    await report.check('the packages of the API satisfy its dependencies', () => {
        const requireFromBase = createRequire(path.join(copies[0]!, 'index.js'));
        const { satisfies } = require('semver');

        for (const [name, range] of Object.entries<string>(manifest.dependencies)) {
            const places = requireFromBase.resolve.paths(name)!;
            const folder = places.find(modules => fs.existsSync(path.join(modules, name)))!;
            const { version } = JSON.parse(fs.readFileSync(path.join(folder, name, 'package.json'), 'utf8'));

            assert.equal(folder, MODULES);
            assert.ok(satisfies(version, range), `${name} ${version}: add ${range} to e2e/api/package.json`);
        }
    });
}
