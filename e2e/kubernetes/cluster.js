'use strict';

const { exec } = require('node:child_process');
const { promisify } = require('node:util');
const { CoreV1Api, KubeConfig } = require('../../examples/kubernetes-executor/node_modules/@kubernetes/client-node');
const { until } = require('../support/until');

const kubeConfig = new KubeConfig();

kubeConfig.loadFromDefault();

const core = kubeConfig.makeApiClient(CoreV1Api);
const namespace = process.env.NAMESPACE ?? 'default';
/** What pods on this cluster need beside what the executor gives them, as JSON. */
const podTemplate = JSON.parse(process.env.POD_TEMPLATE ?? '{}');

const names = ({ items }) => items.map(({ metadata }) => metadata.name).sort();

/** What stands in the namespace: the names of its pods and Secrets. */
async function listing() {
    return {
        pods: names(await core.listNamespacedPod({ namespace })),
        secrets: names(await core.listNamespacedSecret({ namespace }))
    };
}

function pod(buildId) {
    return core.readNamespacedPod({ namespace, name: `sd-build-${buildId}` });
}

/** Resolves with the pod once it is in one of these phases. */
function phase(buildId, ...phases) {
    const look = async () => {
        const found = await pod(buildId);

        return phases.includes(found.status.phase) && found;
    };

    // Thirty pods at once take a small node minutes.
    return until(`a pod in phase ${phases.join(' or ')}`, look, 240);
}

/** Everything that the build's container has printed, once it has ended. */
async function output(buildId) {
    await phase(buildId, 'Succeeded', 'Failed');

    return core.readNamespacedPodLog({ namespace, name: `sd-build-${buildId}`, container: 'build' });
}

/** For checks whose pods reach servers on the loopback of this machine: they need nodes that share it. */
function needsThisHost(suite) {
    if (!process.env.LOAD_IMAGE) return;
    console.log('      not run: with LOAD_IMAGE the nodes of the cluster are not on this machine');
    suite.skip();
}

/** For checks of a crash. */
function needsRestart(suite) {
    if (process.env.KUBERNETES_RESTART) return;
    console.log('      not run: KUBERNETES_RESTART does not say how this cluster is killed and started again');
    suite.skip();
}

/** Kills the cluster and starts it again. */
function restart() {
    return promisify(exec)(process.env.KUBERNETES_RESTART);
}

module.exports = {
    core,
    kubeConfig,
    listing,
    namespace,
    needsRestart,
    needsThisHost,
    output,
    phase,
    pod,
    podTemplate,
    restart
};
