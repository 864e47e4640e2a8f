'use strict';

/** Bases that call hooks at the wrong time, too often, or with the wrong arguments. */
module.exports = {
    'a missing hook resolves': {
        caughtBy: 'base: answers for hooks that nobody wrote',
        make: Base => {
            class Broken extends Base {}
            Broken.prototype._status = async () => {};

            return Broken;
        }
    },
    'the hook is called twice': {
        caughtBy: 'queue: starts, verifies and stops a build with what the API passes',
        make: Base =>
            class extends Base {
                async start(config) {
                    await super.start(config);

                    return super.start(config);
                }
            }
    },
    'the hook is captured in the constructor': {
        caughtBy: 'hooks at call time',
        make: Base =>
            class extends Base {
                #hook = this._start;

                start(config) {
                    return super.start.call(Object.create(this, { _start: { value: this.#hook } }), config);
                }
            }
    },
    'the hook has lost its this': {
        caughtBy: 'base: runs the hook once, on the executor, after the method has returned',
        make: Base =>
            class extends Base {
                async verify(config) {
                    const { _verify: hook } = this;

                    return hook.call(undefined, config);
                }
            }
    },
    'the hook runs before the method returns': {
        caughtBy: 'base: runs the hook once, on the executor, after the method has returned',
        make: Base =>
            class extends Base {
                async verify(config) {
                    return this._verify(config, {});
                }
            }
    },
    'the hook of a timer runs late': {
        caughtBy: 'base: runs the hook before the method returns, where nothing is validated',
        make: Base =>
            class extends Base {
                async stopTimer(config) {
                    await null;

                    return super.stopTimer(config);
                }
            }
    },
    'the callback reaches the hook': {
        caughtBy: 'a function as second argument',
        make: Base =>
            class extends Base {
                async stopTimer(config, callback) {
                    return this._stopTimer(config, callback);
                }
            }
    },
    'clean-up gets arguments': {
        caughtBy: 'base: cleans up as often as it is told, without arguments',
        make: Base =>
            class extends Base {
                async cleanUp(...args) {
                    await this._cleanUp({}, ...args);
                }
            }
    },
    'builds start one after the other, each at most once': {
        caughtBy: 'queue: starts one build twice',
        make: Base =>
            class extends Base {
                #started = new Map();

                start(config) {
                    if (!this.#started.has(config?.buildId)) this.#started.set(config?.buildId, super.start(config));

                    return this.#started.get(config?.buildId);
                }
            }
    }
};
