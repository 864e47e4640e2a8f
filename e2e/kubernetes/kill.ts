import { docker } from '../docker/engine';
import { nameOf } from './cluster';
import type { BuildId } from 'screwdriver-executor-base';

/**
 * Kills a container of a build's pod, as the kernel does when memory runs out: the launcher's, unless another is named.
 */
export async function kill(buildId: BuildId, container = 'build') {
    const label = [`io.kubernetes.pod.name=${nameOf(buildId)}`, `io.kubernetes.container.name=${container}`];

    for (const { Id } of await docker.listContainers({ filters: { label } })) await docker.getContainer(Id).kill();
}
