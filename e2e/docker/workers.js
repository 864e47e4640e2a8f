'use strict';

const { fork } = require('node:child_process');
const { once } = require('node:events');
const { join } = require('node:path');

/** An executor in a process of its own, with these options. */
class Worker {
    #child;
    #pending = new Map();
    #count = 0;

    constructor(options) {
        this.#child = fork(join(__dirname, 'worker.js'), [JSON.stringify(options)]);
        this.exit = once(this.#child, 'exit');
        this.#child.on('message', ({ id, value, error }) => {
            const { resolve, reject } = this.#pending.get(id);

            this.#pending.delete(id);
            if (error) reject(error);
            else resolve(value);
        });
    }

    /** Never settles where the process dies meanwhile. */
    call(operation, config) {
        const id = (this.#count += 1);

        return new Promise((resolve, reject) => {
            this.#pending.set(id, { resolve, reject });
            // A process that ends takes no more: its calls are lost.
            this.#child.send({ id, operation, config }, () => {});
        });
    }

    kill(signal) {
        this.#child.kill(signal);
    }
}

module.exports = { Worker };
