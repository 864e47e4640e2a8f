import { execFileSync } from 'node:child_process';
import fs = require('node:fs');
import os = require('node:os');
import path = require('node:path');
import { ROOT } from './child';

/** Packs this package as `npm publish` would and unpacks it as a folder in some node_modules. */
export function packInto(target: string): void {
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
