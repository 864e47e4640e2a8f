import { describe, it } from 'vitest';
import { conformance } from 'screwdriver-executor-base/conformance';
import executors from './executors.js';

const Executor = executors[process.env.EXECUTOR];

conformance({ describe, it, factory: () => new Executor(), callTimeout: 1_000 });
