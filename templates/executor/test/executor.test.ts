import { describe, it } from 'node:test';
import { conformance } from 'screwdriver-executor-base/conformance';
import {{class}}Executor = require('../lib/executor');

conformance({ describe, it, factory: () => new {{class}}Executor() });
