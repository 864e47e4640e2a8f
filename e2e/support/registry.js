'use strict';

const { spawn, spawnSync } = require('node:child_process');
const { once } = require('node:events');
const fs = require('node:fs');
const net = require('node:net');
const os = require('node:os');
const path = require('node:path');
const { text } = require('node:stream/consumers');
const { until } = require('./until');

/** An image registry (Debian's `docker-registry`) on loopback, with its images in a temporary folder. */
async function startRegistry(docker) {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'screwdriver-registry-'));
    const address = `127.0.0.1:${await freePort()}`;
    const config = path.join(folder, 'config.yml');

    fs.writeFileSync(
        config,
        JSON.stringify({
            version: '0.1',
            log: { accesslog: { disabled: true }, level: 'error' },
            storage: { filesystem: { rootdirectory: path.join(folder, 'images') } },
            http: { addr: address }
        })
    );
    const registry = spawn('docker-registry', ['serve', config], { stdio: 'ignore' });
    const ready = until('the registry', () => fetch(`http://${address}/v2/`).catch(() => false));

    await ready;

    return {
        /** Pushes an image of the engine. Resolves with the name that it is to be pulled by; the engine forgets that. */
        async push(name) {
            const repository = `${address}/${name.split(':')[0]}`;
            const tag = name.split(':')[1];
            const image = `${repository}:${tag}`;

            await docker.getImage(name).tag({ repo: repository, tag });
            try {
                const progress = await text(
                    await docker.getImage(image).push({ authconfig: { serveraddress: address } })
                );

                if (progress.includes('"error"')) throw new Error(progress);
            } finally {
                await docker.getImage(image).remove();
            }

            return image;
        },
        async close() {
            registry.kill();
            await once(registry, 'exit');
            fs.rmSync(folder, { recursive: true });
        }
    };
}

/** Throws where the program is missing. */
function mustHaveRegistry() {
    const { error } = spawnSync('docker-registry', ['--version'], { stdio: 'ignore' });

    if (error) throw error;
}

async function freePort() {
    const server = net.createServer().listen(0, '127.0.0.1');

    await once(server, 'listening');
    const { port } = server.address();

    server.close();
    await once(server, 'close');

    return port;
}

module.exports = { mustHaveRegistry, startRegistry };
