'use strict';

const Executor = require('screwdriver-executor-base');

module.exports = class Engine extends Executor {
    async _start({ token }) {
        return this.exchangeTokenForBuild(token, 45);
    }
};
