'use strict';

module.exports = {
    ...require('./configs'),
    ...require('./errors'),
    ...require('./hooks'),
    ...require('./loading'),
    ...require('./members'),
    ...require('./results')
};
