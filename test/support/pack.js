'use strict';

const { execFileSync } = require('node:child_process');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');

const ROOT = path.join(__dirname, '..', '..');

/** Packs this package as `npm publish` would and unpacks it as a folder in some node_modules. */
function packInto(target) {
    const temporary = fs.mkdtempSync(path.join(os.tmpdir(), 'executor-base-'));

    console.log('Packing this package ...');
    try {
        const [{ filename }] = JSON.parse(
            execFileSync('npm', ['pack', '--json', '--silent', '--pack-destination', temporary], {
                cwd: ROOT,
                encoding: 'utf8',
                stdio: ['ignore', 'pipe', 'inherit']
            })
        );

        fs.rmSync(target, { recursive: true, force: true });
        fs.mkdirSync(target, { recursive: true });
        execFileSync('tar', ['-xzf', path.join(temporary, filename), '--strip-components=1', '-C', target]);
    } finally {
        fs.rmSync(temporary, { recursive: true, force: true });
    }
}

module.exports = { packInto };
