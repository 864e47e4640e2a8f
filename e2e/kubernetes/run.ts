import { mustHaveTools } from '../images';
import { mustHaveRegistry } from '../support/registry';
import { run } from '../support/run';

void run('kubernetes', {
    packages: ['e2e/docker', 'examples/kubernetes-executor', 'e2e/kubernetes'],
    async isThere() {
        mustHaveTools();
        if (!process.env.LOAD_IMAGE) mustHaveRegistry();
        // Not simply the current cluster: these checks fill the cluster, and set labels of its nodes.
        if (!process.env.KUBECONFIG) throw new Error('KUBECONFIG is not set');
        // Loaded after the installation.
        const { core, namespace } = require('./cluster') as typeof import('./cluster');
        const { docker } = require('../docker/engine') as typeof import('../docker/engine');

        await core.listNamespacedPod({ namespace });
        await docker.ping();
    },
    help:
        'Name one in KUBECONFIG and the engine that has its images in DOCKER_HOST; where its nodes do not share that\n' +
        "engine, say how an image gets there: LOAD_IMAGE='kind load docker-image'. Or start one on this machine (Debian 12,\n" +
        'root; builds Kubernetes first, about ten minutes):\n' +
        '    apt-get install -y --no-install-recommends docker.io docker-registry busybox-static dumb-init patchelf curl jq \\\n' +
        '        etcd-server openssl golang-go rsync make golang-github-modern-go-reflect2-dev\n' +
        '    vars=$(e2e/kubernetes/up.sh) && eval "$vars" && npm run e2e:kubernetes; e2e/kubernetes/down.sh'
});
