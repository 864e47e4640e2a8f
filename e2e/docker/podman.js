'use strict';

const { docker } = require('./engine');

/** Whether the engine of the checks is Podman. */
async function isPodman() {
    const { Components } = await docker.version();

    return Components.some(({ Name }) => Name === 'Podman Engine');
}

/** Skips a check of what Podman cannot do. docs/engines.md has the rows. */
async function skipOnPodman(check, reason) {
    if (!(await isPodman())) return;
    console.log(`      not run on Podman: ${reason}`);
    check.skip();
}

module.exports = { isPodman, skipOnPodman };
