import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { ROOT } from '../support/child';
import { checkList } from './check-list';

const DOCUMENT = join(ROOT, 'docs/conformance.md');
const [BEGIN, END] = ['<!-- checks -->\n\n', '\n<!-- end of checks -->'];

describe('docs/conformance.md', () => {
    it('lists every check with its reason, and no other (UPDATE=1 writes the list)', () => {
        const text = readFileSync(DOCUMENT, 'utf8');
        const [before = '', rest = ''] = text.split(BEGIN);
        const [found, after = ''] = rest.split(END);
        const list = checkList();

        if (process.env.UPDATE) writeFileSync(DOCUMENT, `${before}${BEGIN}${list}${END}${after}`);
        else expect(found).to.equal(list);
    });
});
