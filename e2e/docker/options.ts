import { images } from '../images';
import type { Options } from '../../examples/docker-executor/lib/settings';

/** The options of the checks' executors: job tools with only a `launch`, and a short time to end. */
export const OPTIONS = {
    jobToolsImage: images.jobTools,
    jobTools: 'launch' as const,
    network: 'host',
    stopSeconds: 2
} satisfies Options;
