import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import fs = require('node:fs');
import os = require('node:os');
import path = require('node:path');
import { text } from 'node:stream/consumers';
import { freePort } from '../../test/support/free-port';
import { until } from './until';
import type { docker as engine } from '../docker/engine';

/** An image registry (Debian's `docker-registry`) on loopback, with its images in a temporary folder. */
export async function startRegistry(docker: typeof engine) {
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
        /** Pushes an image from the engine. Resolves with the name to pull it by, which the engine does not keep. */
        async push(name: string) {
            const [path, tag = ''] = name.split(':');
            const repository = `${address}/${path}`;
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
        /** The same image by its digest. */
        async pinned(image: string) {
            const [, repository, tag] = /^[^/]+\/(.+):(.+)$/.exec(image) ?? [];
            const { headers } = await fetch(`http://${address}/v2/${repository}/manifests/${tag}`, {
                method: 'HEAD',
                headers: { accept: 'application/vnd.docker.distribution.manifest.v2+json' }
            });

            return `${address}/${repository}@${headers.get('docker-content-digest')}`;
        },
        async close() {
            registry.kill();
            await once(registry, 'exit');
            fs.rmSync(folder, { recursive: true });
        }
    };
}

/** Throws if the program is missing. */
export function mustHaveRegistry() {
    const { error } = spawnSync('docker-registry', ['--version'], { stdio: 'ignore' });

    if (error) throw error;
}
