'use strict';

/** Bases that change the result of an operation. */
module.exports = {
    'the result is wrapped': {
        caughtBy: 'queue: starts, verifies and stops a build with what the API passes',
        make: Base =>
            class extends Base {
                async start(config) {
                    return { result: await super.start(config) };
                }
            }
    },
    'false becomes undefined': {
        caughtBy: 'base: passes on whatever a hook gives',
        make: Base =>
            class extends Base {
                async start(config) {
                    return (await super.start(config)) || undefined;
                }
            }
    },
    'what verify says is lost': {
        caughtBy: 'verify',
        make: Base =>
            class extends Base {
                async verify(config) {
                    await super.verify(config);
                }
            }
    },
    'what clean-up gives is passed on': {
        caughtBy: 'cleanUp',
        make: Base =>
            class extends Base {
                async cleanUp() {
                    return this._cleanUp();
                }
            }
    },
    'stats have an extra key': {
        caughtBy: 'base: answers for hooks that nobody wrote',
        make: Base =>
            class extends Base {
                stats() {
                    return { ...super.stats(), version: '12.0.0' };
                }
            }
    },
    'stats are a promise': {
        caughtBy: 'base: answers for hooks that nobody wrote',
        make: Base =>
            class extends Base {
                async stats() {
                    return super.stats();
                }
            }
    },
    'a promise of another kind': {
        caughtBy: 'start',
        make: Base =>
            class extends Base {
                start(config) {
                    const promise = super.start(config);

                    return { then: (...args) => promise.then(...args), catch: (...args) => promise.catch(...args) };
                }
            }
    },
    'an annotation is forgotten': {
        caughtBy: 'parseAnnotations',
        make: Base =>
            class extends Base {
                parseAnnotations(annotations) {
                    const parsed = super.parseAnnotations(annotations);

                    delete parsed.nodeLabel;

                    return parsed;
                }
            }
    },
    'beta annotations are left out': {
        caughtBy: 'base: parses annotations: beta',
        make: Base =>
            class extends Base {
                parseAnnotations(annotations) {
                    const plain = Object.entries(annotations ?? {}).filter(([key]) => !key.startsWith('beta.'));

                    return super.parseAnnotations(Object.fromEntries(plain));
                }
            }
    },
    'values of annotations become strings': {
        caughtBy: 'base: parses annotations: plain',
        make: Base =>
            class extends Base {
                parseAnnotations(annotations) {
                    const parsed = Object.entries(super.parseAnnotations(annotations));

                    return Object.fromEntries(parsed.map(([key, value]) => [key, String(value)]));
                }
            }
    }
};
