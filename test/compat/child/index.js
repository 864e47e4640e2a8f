'use strict';

// Runs in a process of its own, over one base: `fork('child', [tree, module, broken base])`, a job as message, and the
// module's answer as message back.

require('./determinism');
const path = require('node:path');
const { loadBase } = require('./load');

const [tree, module_, broken] = process.argv.slice(2);

process.once('message', async job => {
    const load = loadBase(tree, broken);

    try {
        process.send({ result: await require(path.join('..', module_))(load, job) }, () => process.exit());
    } catch (error) {
        process.send({ failure: error.stack }, () => process.exit());
    }
});
