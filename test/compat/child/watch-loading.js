'use strict';

const fs = require('node:fs');

/** What a module does to its process while it loads: through `fs`, on standard output, to globals and listeners. */
function watchLoading(load) {
    const seen = [];
    const undo = [];
    const watch = (object, name, label) => {
        const original = object[name];

        object[name] = function watched(...args) {
            if (calledByModule()) seen.push(label);

            return Reflect.apply(original, this, args);
        };
        undo.push(() => {
            object[name] = original;
        });
    };

    for (const name of [
        'readFileSync',
        'readFile',
        'existsSync',
        'statSync',
        'readdirSync',
        'openSync',
        'createReadStream'
    ]) {
        watch(fs, name, `fs.${name}`);
    }
    for (const stream of ['stdout', 'stderr']) watch(process[stream], 'write', stream);
    const globals = Object.getOwnPropertyNames(globalThis);
    const listeners = process.eventNames().map(name => [name, process.listenerCount(name)]);

    try {
        load();
    } finally {
        for (const restore of undo) restore();
    }
    const added = Object.getOwnPropertyNames(globalThis).filter(name => !globals.includes(name));
    const listening = process.eventNames().map(name => [name, process.listenerCount(name)]);

    return {
        seen: [...new Set(seen)],
        globals: added,
        listeners: listening
            .filter(([name, count]) => !listeners.some(([was, n]) => was === name && n === count))
            .map(String)
    };
}

/** Node's own loader reads through the same functions. */
function calledByModule() {
    const [, , , caller = ''] = new Error().stack.split('\n');

    return !caller.includes('node:internal/');
}

module.exports = { watchLoading };
