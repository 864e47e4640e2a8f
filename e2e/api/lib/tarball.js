'use strict';

const fs = require('node:fs');
const path = require('node:path');
const { outputOf } = require('./command');

/** Packs a package as it would be published, with what is built already. Resolves with the tarball's path. */
async function pack(folder, destination) {
    const args = ['pack', '--ignore-scripts', '--json', '--pack-destination', destination];
    const [{ filename }] = JSON.parse(await outputOf('npm', args, { cwd: folder }));

    return path.join(destination, filename);
}

/** Puts a tarball's content into a new folder, as npm would install it. */
async function unpack(tarball, folder) {
    fs.mkdirSync(folder, { recursive: true });
    await outputOf('tar', ['-xzf', tarball, '-C', folder, '--strip-components=1']);
}

module.exports = { pack, unpack };
