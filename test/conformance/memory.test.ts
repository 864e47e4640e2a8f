import { conformance } from 'screwdriver-executor-base/conformance';
import { MemoryEngine, MemoryExecutor } from 'screwdriver-executor-base/testing';

describe('the kit on the executor in memory, with nothing but a factory', () => {
    conformance({ describe, it, factory: () => new MemoryExecutor() });
});

describe('the kit on the executor in memory, with all that it can be told', () => {
    conformance<MemoryExecutor>({
        describe,
        it,
        factory: () => new MemoryExecutor(),
        second: ({ engine }) => new MemoryExecutor({ engine }),
        engineDown: () => {
            const engine = new MemoryEngine();

            engine.down = true;

            return new MemoryExecutor({ engine });
        },
        engineSlow: () => {
            const engine = new MemoryEngine();

            engine.latency = 60_000;

            return new MemoryExecutor({ engine, engineTimeout: 50 });
        },
        observe: {
            running: ({ engine }, id) => [...engine.builds.keys()].filter(key => key === String(id)),
            args: ({ engine }, id) => engine.builds.get(String(id))?.args,
            logs: () => []
        },
        duplicateStart: 'joins'
    });
});
