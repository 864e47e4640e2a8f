'use strict';

const { MemoryExecutor } = require('screwdriver-executor-base/testing');

/** Breaks one rule: its verify returns undefined for a started build. */
class Broken extends MemoryExecutor {
    async _verify(config) {
        return (await super._verify(config)) || undefined;
    }
}

/** Its verify throws, and the report shows this line of code. */
class Throwing extends MemoryExecutor {
    _verify() {
        throw new TypeError('no such engine');
    }
}

const HOOKS = ['_start', '_stop', '_verify', '_status', '_startTimer', '_stopTimer', '_cleanUp'];

/** One of its hooks never settles. */
function hanging(hook, isInTurn) {
    class Hanging extends MemoryExecutor {
        static callsInTurn = isInTurn;
    }
    Hanging.prototype[hook] = () => new Promise(() => {});

    return Hanging;
}

/** Keyed by the names in the tests, such as `_stop hangs` and `_stop hangs in turn`. */
const EXECUTORS = {
    right: MemoryExecutor,
    broken: Broken,
    throwing: Throwing,
    ...Object.fromEntries(HOOKS.map(hook => [`${hook} hangs`, hanging(hook, false)])),
    ...Object.fromEntries(HOOKS.map(hook => [`${hook} hangs in turn`, hanging(hook, true)]))
};

const Executor = EXECUTORS[process.env.EXECUTOR];

module.exports = { HOOKS, told: { factory: () => new Executor() } };
