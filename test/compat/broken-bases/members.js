'use strict';

/** Bases whose instances have additional members, or fewer writable ones. */
module.exports = {
    'the instance is frozen': {
        caughtBy: 'queue: starts, verifies and stops a build with what the API passes',
        make: Base =>
            class extends Base {
                constructor(...args) {
                    super(...args);
                    Object.freeze(this);
                }
            }
    },
    'config can only be read': {
        caughtBy: 'queue: takes what the API writes on it',
        make: Base =>
            class extends Base {
                constructor(config) {
                    super(config);
                    Object.defineProperty(this, 'config', { get: () => config });
                }
            }
    },
    'the config of the constructor is cloned': {
        caughtBy: 'base: keeps what the constructor was given',
        make: Base =>
            class extends Base {
                constructor(config) {
                    super({ ...config });
                }
            }
    },
    'state stands on the instance': {
        caughtBy: 'queue: has its own properties and no others',
        make: Base =>
            class extends Base {
                inFlight = new Map();
            }
    },
    'a public method cannot be replaced': {
        caughtBy: 'queue: lets its public methods be replaced',
        make: Base => {
            class Broken extends Base {}
            Object.defineProperty(Broken.prototype, 'start', { value: Base.prototype.start, writable: false });

            return Broken;
        }
    },
    'a member has a method start': {
        caughtBy: 'members with methods of operations',
        make: Base => {
            class Broken extends Base {}
            Broken.prototype.timer = { start: async () => 'started' };

            return Broken;
        }
    },
    'its name is that of a method of queue': {
        caughtBy: 'queue: starts, verifies and stops a build with what the API passes',
        make: Base =>
            class extends Base {
                api = undefined;
            }
    }
};
