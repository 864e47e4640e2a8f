'use strict';

const Module = require('node:module');
const path = require('node:path');

/**
 * How to require from a tree: `load('screwdriver-executor-docker')`. With the name of a broken base, every executor in
 * the tree gets that in place of the base, from the first `load.base()` on.
 */
function loadBase(tree, broken) {
    const load = Module.createRequire(path.join(tree, 'package.json'));
    const file = load.resolve('screwdriver-executor-base');
    const breakBase = broken && require('../broken-bases')[broken].make;
    const made = new WeakSet();

    load.base = () => {
        const Base = load(file);

        if (!breakBase || made.has(Base)) return Base;
        const Broken = breakBase(Base, load);

        made.add(Broken);
        // Not `require.cache`: suites that replace modules put another cache in its place.
        Module._cache[file].exports = Broken;

        return Broken;
    };

    return load;
}

module.exports = { loadBase };
