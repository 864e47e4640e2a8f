import { describe, it } from 'vitest';
import { conformance } from 'screwdriver-executor-base/conformance';
import executors from './executors.js';

conformance({ describe, it, ...executors.told });
