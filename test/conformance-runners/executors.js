'use strict';

const { MemoryExecutor } = require('screwdriver-executor-base/testing');

/** Breaks one rule: its verify ends without an answer once the build was started. */
class Broken extends MemoryExecutor {
    async _verify(config) {
        return (await super._verify(config)) || undefined;
    }
}

/** Its status never settles. */
class Hanging extends MemoryExecutor {
    _status() {
        return new Promise(() => {});
    }
}

module.exports = { right: MemoryExecutor, broken: Broken, hanging: Hanging };
