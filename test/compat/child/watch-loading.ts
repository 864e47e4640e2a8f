import fs = require('node:fs');

/** What a module does to its process while it loads: through `fs`, on standard output, to globals and listeners. */
export function watchLoading(load: () => void) {
    const seen: string[] = [];
    const undo: Array<() => void> = [];
    const watch = (object: any, name: string, label: string) => {
        const original = object[name];

        object[name] = function watched(...args: unknown[]) {
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
    for (const stream of ['stdout', 'stderr'] as const) watch(process[stream], 'write', stream);
    const globals = Object.getOwnPropertyNames(globalThis);
    const listenersNow = () => process.eventNames().map(name => [name, process.listenerCount(name as string)] as const);
    const listeners = listenersNow();

    try {
        load();
    } finally {
        for (const restore of undo) restore();
    }
    const added = Object.getOwnPropertyNames(globalThis).filter(name => !globals.includes(name));

    return {
        seen: [...new Set(seen)],
        globals: added,
        listeners: listenersNow()
            .filter(([name, count]) => !listeners.some(([was, n]) => was === name && n === count))
            .map(String)
    };
}

/** Node's own loader reads through the same functions. */
function calledByModule(): boolean {
    const [, , , caller = ''] = new Error().stack!.split('\n');

    return !caller.includes('node:internal/');
}
