'use strict';

const fs = require('node:fs');
const path = require('node:path');

const DIST = path.join(__dirname, '../../../dist/conformance');
/** The groups that show a mutant in a file which is no group of its own. */
const GROUPS = { observed: 'lifecycle,idempotency', classified: 'failure', 'open-things': 'shutdown' };
const SHARED = ['bench', 'outcome', 'group'];

/** What is done to a line: each gives the mutated line, or the line itself where there is nothing to mutate. */
const MUTATIONS = [
    line => line.replace(/^(\s*)if \((.+)\)( \{)?$/, '$1if (false)$3'),
    line => line.replace(/^(\s*)if \((.+)\)( \{)?$/, '$1if (true)$3'),
    line => line.replace('===', '!=='),
    line => (line.includes('===') ? line : line.replace('!==', '===')),
    line => line.replace('&&', '||'),
    line => line.replace('||', '&&'),
    line => line.replace(' > 0', ' >= 0'),
    line => line.replace(' > ', ' <= '),
    line => line.replace(/throw \(0, outcome_1\.violation\)/, 'void (0, outcome_1.violation)'),
    line => line.replace(/^(\s*)(await )?\(?(0, )?(expect\w+)\)?\(.*\);$/, '$1;'),
    line => line.replace(/^(\s*)await bench\.on\(.*\);$/, '$1;'),
    line => line.replace('.every(', '.some(')
];

/** Every mutant of the compiled kit. */
function mutants() {
    return fs
        .readdirSync(DIST)
        .filter(name => name.endsWith('.js') && !['index.js', 'options.js'].includes(name))
        .flatMap(name => mutantsOf(path.join(DIST, name)));
}

function mutantsOf(file) {
    const name = path.basename(file, '.js');
    const groups = SHARED.includes(name) ? 'all' : (GROUPS[name] ?? name);
    const lines = fs.readFileSync(file, 'utf8').split('\n');

    return lines.flatMap((before, line) => {
        if (/^\s*(\/\/|\*|\/\*|why:|fix:|title:|exports|var |Object\.)|require\(/.test(before)) return [];
        const texts = new Set(MUTATIONS.map(mutation => mutation(before)).filter(text => text !== before));

        return [...texts].map(text => ({ file, name, groups, line, before, text }));
    });
}

module.exports = { mutants };
