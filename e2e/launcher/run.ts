import { mustHaveTools } from '../images';
import { run } from '../support/run';

void run('launcher', {
    packages: ['examples/docker-executor', 'e2e/docker'],
    async isThere() {
        mustHaveTools();
        // Loaded after the installation.
        const { docker } = require('../docker/engine') as typeof import('../docker/engine');

        await docker.ping();
    },
    help:
        'Name an engine in DOCKER_HOST, or start one on this machine (Debian 12, root):\n' +
        '    apt-get install -y --no-install-recommends docker.io busybox-static dumb-init patchelf curl jq\n' +
        '    vars=$(e2e/docker/up.sh) && eval "$vars" && npm run e2e:launcher; e2e/docker/down.sh'
});
