'use strict';

/**
 * Deliberately broken bases by name: `make(Base, load)` gives one, `caughtBy` is what must notice it, the name of a
 * scenario, of what is relied on, or of a method that is fuzzed.
 */
module.exports = {
    ...require('./configs'),
    ...require('./errors'),
    ...require('./hooks'),
    ...require('./loading'),
    ...require('./members'),
    ...require('./results')
};
