import { docker } from './engine';
import type { Context } from 'mocha';

/** Whether the engine of the checks is Podman. */
export async function isPodman() {
    const { Components } = await docker.version();

    return Components.some(({ Name }) => Name === 'Podman Engine');
}

/** Skips a check of something that Podman cannot do. docs/engines.md has the rows. */
export async function skipOnPodman(check: Context, reason: string) {
    if (!(await isPodman())) return;
    console.log(`      not run on Podman: ${reason}`);
    check.skip();
}
