import Module = require('node:module');
import path = require('node:path');
import brokenBases = require('../broken-bases');

/** Requires from a tree of packages. */
export interface Load {
    (name: string): any;
    /** The base of the tree: 11.1.0, this package, or a broken base. */
    base(): any;
}

/**
 * How to require from a tree: `load('screwdriver-executor-docker')`. With the name of a broken base, every executor in
 * the tree gets that base from the first `load.base()` on.
 */
export function loadBase(tree: string, broken: string): Load {
    const load = Module.createRequire(path.join(tree, 'package.json'));
    const file = load.resolve('screwdriver-executor-base');
    const made = new WeakSet();
    const base = () => {
        const Base = load(file);

        if (!broken || made.has(Base)) return Base;
        const Broken = brokenBases[broken]!.make(Base, load);

        made.add(Broken);
        // Not `require.cache`, since suites that replace modules replace that cache.
        (Module as any)._cache[file].exports = Broken;

        return Broken;
    };

    return Object.assign((name: string) => load(name), { base });
}
