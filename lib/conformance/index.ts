import { annotations, ENGINE_ANNOTATIONS } from './annotations';
import { failure } from './failure';
import { idempotency } from './idempotency';
import { isolation } from './isolation';
import { lifecycle } from './lifecycle';
import { results } from './results';
import { secrets } from './secrets';
import { shutdown } from './shutdown';
import { stats } from './stats';
import { support } from './support';
import { validation } from './validation';
import type { ConformanceOptions, TestedExecutor } from './options';

/** Registers every group of checks with your runner: see docs/conformance.md. */
export function conformance<Executor extends TestedExecutor>(options: ConformanceOptions<Executor>): void {
    for (const group of [
        lifecycle,
        support,
        idempotency,
        isolation,
        validation,
        results,
        failure,
        secrets,
        annotations,
        stats,
        shutdown
    ]) {
        group(options);
    }
}

export {
    annotations,
    ENGINE_ANNOTATIONS,
    failure,
    idempotency,
    isolation,
    lifecycle,
    results,
    secrets,
    shutdown,
    stats,
    support,
    validation
};
export type {
    ConformanceOptions,
    Factory,
    FactoryContext,
    HonouredAnnotation,
    Observation,
    TestedExecutor
} from './options';
