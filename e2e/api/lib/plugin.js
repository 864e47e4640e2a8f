'use strict';

const path = require('node:path');
const { pack, unpack } = require('./tarball');

/**
 * Packs an executor of this repository, and unpacks it where no other package is, so that it finds its dependencies
 * in the API's tree, as a cluster's own plug-in would.
 *
 * @returns the folder that holds it
 */
async function placePlugin(name, source, temporary) {
    const folder = path.join(temporary, 'plugins');

    await unpack(await pack(source, temporary), path.join(folder, `screwdriver-executor-${name}`));

    return folder;
}

module.exports = { placePlugin };
