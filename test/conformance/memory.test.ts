import { conformance } from 'screwdriver-executor-base/conformance';
import { MemoryExecutor } from 'screwdriver-executor-base/testing';
import { everythingOn } from './kit';

describe('the executor in memory, of which the kit knows nothing but a factory', () => {
    conformance({ describe, it, factory: () => new MemoryExecutor() });
});

describe('the executor in memory, of which the kit knows everything', () => {
    conformance<MemoryExecutor>({ describe, it, ...everythingOn(MemoryExecutor) });
});
