'use strict';

// Runs in a separate process over one base: `fork('child', [tree, module, broken base])`. Gets a job as a message, and
// sends the module's answer back as one. The modules of this repository are TypeScript. The tree's packages are loaded
// after tsx is removed, as anywhere else.

const { register } = require('tsx/cjs/api');

const [tree, module_, broken] = process.argv.slice(2);
const unregister = register();

require('./determinism');
const { loadBase } = require('./load');
const run = require(`../${module_}`);

unregister();

process.once('message', async job => {
    try {
        process.send({ result: await run(loadBase(tree, broken), job) }, () => process.exit());
    } catch (error) {
        process.send({ failure: error.stack }, () => process.exit());
    }
});
