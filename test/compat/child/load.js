'use strict';

const { createRequire } = require('node:module');
const path = require('node:path');

/**
 * How to require from a tree: `load('screwdriver-executor-docker')`. With the name of a broken base, every executor in
 * the tree gets that in place of the base.
 */
function loadBase(tree, broken) {
    const load = createRequire(path.join(tree, 'package.json'));
    const file = load.resolve('screwdriver-executor-base');

    load.tree = tree;
    load.base = () => {
        const loaded = load(file);

        if (broken) require.cache[file].exports = require(`../broken-bases/${broken}`)(loaded, load);

        return load(file);
    };
    load.fresh = () => {
        for (const key of Object.keys(require.cache)) {
            if (key.startsWith(path.dirname(file))) delete require.cache[key];
        }

        return load.base();
    };

    return load;
}

module.exports = { loadBase };
