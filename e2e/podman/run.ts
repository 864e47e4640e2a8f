import { mustHaveTools } from '../images';
import { mustHaveRegistry } from '../support/registry';
import { run } from '../support/run';

void run('docker', {
    packages: ['examples/docker-executor', 'e2e/docker'],
    async isThere() {
        mustHaveTools();
        mustHaveRegistry();
        // Loaded after the installation.
        const { isPodman } = require('../docker/podman') as typeof import('../docker/podman');

        if (!(await isPodman())) throw new Error('DOCKER_HOST names no Podman');
    },
    help:
        'Name one in DOCKER_HOST, or start one on this machine (Debian 12, root):\n' +
        '    apt-get install -y --no-install-recommends podman docker-registry busybox-static dumb-init patchelf curl\n' +
        '    vars=$(e2e/podman/up.sh) && eval "$vars" && npm run e2e:podman; e2e/podman/down.sh'
});
