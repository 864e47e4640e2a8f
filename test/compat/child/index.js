'use strict';

// Runs in a process of its own, over one base: `fork('child', [tree, module, broken base])`, a job as message, and the
// module's answer as message back. The modules of this repository are TypeScript; what comes from the tree is loaded
// after tsx has gone, as it would be anywhere.

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
