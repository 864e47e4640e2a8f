import { mustHaveTools } from '../images';
import { mustHaveRegistry } from '../support/registry';
import { run } from '../support/run';

void run('docker', {
    packages: ['examples/docker-executor', 'e2e/docker'],
    async isThere() {
        mustHaveTools();
        mustHaveRegistry();
        // Loaded after the installation.
        const { docker } = require('./engine') as typeof import('./engine');

        await docker.ping();
    },
    help:
        'Name one in DOCKER_HOST, or start one on this machine (Debian 12, root):\n' +
        '    apt-get install -y --no-install-recommends docker.io docker-registry busybox-static dumb-init patchelf curl jq\n' +
        '    vars=$(e2e/docker/up.sh) && eval "$vars" && npm run e2e:docker; e2e/docker/down.sh'
});
