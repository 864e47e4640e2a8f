import { mustHaveTools } from '../images';
import { mustHaveRegistry } from '../support/registry';
import { run } from '../support/run';
import { mustHaveFakecloud } from './fakecloud';

void run('ecs', {
    packages: ['examples/ecs-executor', 'e2e/docker'],
    async isThere() {
        mustHaveTools();
        mustHaveRegistry();
        mustHaveFakecloud();
        // Loaded after the installation.
        const { docker } = require('../docker/engine') as typeof import('../docker/engine');

        await docker.ping();
    },
    help:
        'They need fakecloud, an emulator of AWS, and a Docker engine. fakecloud takes an hour to build:\n' +
        '    cargo install fakecloud --version 0.51.0 --locked\n' +
        'Name the engine in DOCKER_HOST, or start one on this machine (Debian 12, root):\n' +
        '    apt-get install -y --no-install-recommends docker.io docker-registry busybox-static dumb-init patchelf curl jq\n' +
        '    vars=$(e2e/docker/up.sh) && eval "$vars" && npm run e2e:ecs; e2e/docker/down.sh'
});
