'use strict';

// node test/conformance/mutate.js [minutes, 10 by default]: changes the compiled kit, one line at a time, and looks
// whether the right executor or one of the broken ones shows it. Prints each mutant that nobody sees, and the score.

const { execFile } = require('node:child_process');
const path = require('node:path');
const { mutants } = require('./mutation/mutants');

const JUDGE = path.join(__dirname, 'mutation/judge.ts');
const PRELOAD = path.join(__dirname, 'mutation/preload.js');
const SIDE_BY_SIDE = 3;

const end = Date.now() + Number(process.argv[2] ?? 10) * 60_000;
const survivors = [];
let killed = 0;

function survives({ file, line, text, groups }) {
    const args = ['--require', 'tsx/cjs', '--require', PRELOAD, JUDGE, groups];
    const env = { ...process.env, MUTANT: JSON.stringify({ file, line, text }) };

    return new Promise(resolve => {
        execFile(process.execPath, args, { env, timeout: 60_000 }, error => resolve(error === null));
    });
}

async function work(queue) {
    for (const mutant of queue) {
        if (Date.now() > end) return;
        const { name, line, before, text } = mutant;

        if (await survives(mutant)) {
            survivors.push(mutant);
            console.log(`survives: ${name}.js:${line + 1}\n    ${before.trim()}\n    ${text.trim()}`);
        } else {
            killed += 1;
        }
    }
}

/** The same at every run, spread over all files, so that a short run is a sample of the whole. */
function spread(all) {
    return all.map((mutant, index) => ({ mutant, at: (index * 0.618034) % 1 })).sort((a, b) => a.at - b.at);
}

async function main() {
    const all = mutants();
    const unchanged = { ...all[0], text: all[0].before, groups: 'all' };

    if (!(await survives(unchanged))) throw new Error('The unchanged kit is told from itself: see judge.ts');
    const queue = spread(all)
        .map(({ mutant }) => mutant)
        .values();

    await Promise.all(Array.from({ length: SIDE_BY_SIDE }, () => work(queue)));
    const tried = killed + survivors.length;

    console.log(`${tried} of ${all.length} mutants tried, score ${((100 * killed) / tried).toFixed(1)} %`);
    console.log(`${killed} passed, ${survivors.length} failed`);
}

main();
