'use strict';

/** Bases that do something to the config on its way to the hook. */
module.exports = {
    'the config is cloned': {
        caughtBy: 'queue: hands the hooks the config that it was given',
        make: Base => withConfig(Base, config => ({ ...config }))
    },
    'values are converted': {
        caughtBy: 'queue: starts, verifies and stops a build with a build id in a string',
        make: (Base, load) =>
            withConfig(Base, config => load('screwdriver-data-schema').plugins.executor.start.validate(config).value)
    },
    'the config is frozen': {
        caughtBy: 'base: leaves the config as it is',
        make: Base => withConfig(Base, config => Object.freeze(config))
    },
    'the token is taken out of the config': {
        caughtBy: 'queue: starts, verifies and stops a build with what the API passes',
        make: Base =>
            withConfig(Base, config => {
                delete config.token;

                return config;
            })
    },
    'stop is not validated': {
        caughtBy: 'queue: answers a build id that is no number as config',
        make: Base =>
            class extends Base {
                async stop(config) {
                    return this._stop(config, {});
                }
            }
    },
    'timers are validated': {
        caughtBy: 'startTimer',
        make: (Base, load) =>
            class extends Base {
                async startTimer(config) {
                    const { error } = load('screwdriver-data-schema').plugins.executor.status.validate(config);

                    if (error) throw error;

                    return super.startTimer(config);
                }
            }
    },
    'keys that no schema knows are refused': {
        caughtBy: 'queue: starts, verifies and stops a build with keys that no schema knows',
        make: (Base, load) =>
            class extends Base {
                async start(config) {
                    const schema = load('screwdriver-data-schema').plugins.executor.start.unknown(false);
                    const { error } = schema.validate(config);

                    if (error) throw error;

                    return super.start(config);
                }
            }
    }
};

function withConfig(Base, change) {
    return class extends Base {
        constructor(...args) {
            super(...args);
            const hooks = ['_start', '_verify', '_stop'];

            return new Proxy(this, {
                get: (target, name, receiver) => {
                    const member = Reflect.get(target, name, receiver);

                    return hooks.includes(name)
                        ? (config, ...rest) => member.call(target, change(config), ...rest)
                        : member;
                }
            });
        }
    };
}
