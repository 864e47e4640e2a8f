import { MemoryExecutor, type MemoryOptions } from 'screwdriver-executor-base/testing';
import type Executor from 'screwdriver-executor-base';
import type { Told } from '../kit';

/** The check that must fail, the executor that breaks its rule, and further options of the kit. */
export type BrokenExecutor = [title: string, Class: new (options?: MemoryOptions) => MemoryExecutor, told?: Told];

export type BrokenExecutors = BrokenExecutor[];

/** An executor that knows which builds it has started itself. */
export class WithOwnBuilds extends MemoryExecutor {
    protected readonly own = new Set<string>();

    protected override _start(config: Executor.StartConfig): Promise<boolean> {
        this.own.add(String(config.buildId));

        return super._start(config);
    }

    protected isOwn(id: unknown): boolean {
        return this.own.has(String(id));
    }

    protected isRunning(id: unknown): boolean {
        return this.engine.builds.has(String(id));
    }
}

/** An executor that knows which of its builds are being stopped. */
export class WithStopping extends MemoryExecutor {
    protected readonly stopping = new Set<string>();

    override async stop(config: Executor.StopConfig): Promise<any> {
        this.stopping.add(String(config.buildId));
        try {
            return await super.stop(config);
        } finally {
            this.stopping.delete(String(config.buildId));
        }
    }
}

/** An executor that knows which of its builds are starting. */
export class WithStarting extends MemoryExecutor {
    protected readonly starting = new Set<string>();

    override async start(config: Executor.StartConfig): Promise<any> {
        this.starting.add(String(config.buildId));
        try {
            return await super.start(config);
        } finally {
            this.starting.delete(String(config.buildId));
        }
    }
}
