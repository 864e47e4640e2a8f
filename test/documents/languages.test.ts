import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { ROOT } from '../support/child';

/** The files and folders in the first column of CONTRIBUTING.md's table on JavaScript. */
function stated(): string[] {
    const [, section = ''] = readFileSync(join(ROOT, 'CONTRIBUTING.md'), 'utf8').split('\n## What is JavaScript\n');
    const rows = section.split('\n## ')[0]!.matchAll(/^\| (`.+`) \|/gm);

    return [...rows].flatMap(([, cell]) => [...cell!.matchAll(/`([^`]+)`/g)].map(([, path]) => path!));
}

describe('JavaScript', () => {
    const files = execFileSync('git', ['ls-files', '*.js', '*.mjs', '*.cjs'], { cwd: ROOT, encoding: 'utf8' })
        .trim()
        .split('\n');

    it('exists only where CONTRIBUTING.md gives the reason', () => {
        const known = stated();

        expect(files.filter(file => !known.some(path => file.startsWith(path)))).to.deep.equal([]);
    });

    it('exists wherever CONTRIBUTING.md says so', () => {
        expect(stated()).to.have.length.above(5);
        expect(stated().filter(path => !files.some(file => file.startsWith(path)))).to.deep.equal([]);
    });
});
