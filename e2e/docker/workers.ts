import { ExecutorProcess } from '../support/executor-process';
import type { Options } from '../../examples/docker-executor/lib/settings';

/** An executor in a separate process, with these options. */
export class Worker extends ExecutorProcess {
    constructor(options: Options) {
        super('docker-executor', options);
    }
}
