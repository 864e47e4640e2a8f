'use strict';

const { KubeConfig } = require('@kubernetes/client-node');
const { unusable } = require('./errors');

/**
 * The cluster that a file names, or the usual places do.
 *
 * @param {string} [file]
 */
function kubeConfigFrom(file) {
    const kubeConfig = new KubeConfig();

    try {
        if (file) kubeConfig.loadFromFile(file);
        else kubeConfig.loadFromDefault();
    } catch (/** @type {any} */ error) {
        // Not the whole of the error: a parser quotes the line that it does not understand, and that may hold a token.
        throw unusable(`cannot be read: ${error.code ?? error.reason ?? error.name}`);
    }
    if (!kubeConfig.getCurrentCluster()) throw unusable('has no current context with a cluster');

    return kubeConfig;
}

module.exports = { kubeConfigFrom };
