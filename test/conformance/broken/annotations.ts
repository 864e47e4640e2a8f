import Executor from 'screwdriver-executor-base';
import { MemoryExecutor } from 'screwdriver-executor-base/testing';
import { everythingOn } from '../kit';
import type { BrokenExecutors } from './broken-executor';

class NeedsAnnotations extends MemoryExecutor {
    protected override _start(config: Executor.StartConfig): Promise<boolean> {
        return config.annotations ? super._start(config) : Promise.reject(new Error('No annotations'));
    }
}

class RefusesUnknownAnnotations extends MemoryExecutor {
    protected override _start(config: Executor.StartConfig): Promise<boolean> {
        const asked = Object.keys(config.annotations ?? {}).length;
        const known = Object.keys(this.parseAnnotations(config.annotations)).length;

        return asked === known ? super._start(config) : Promise.reject(new Error('Unknown annotation'));
    }
}

class LooksUpCpuBlindly extends MemoryExecutor {
    protected override _start(config: Executor.StartConfig): Promise<boolean> {
        const { cpu = 'LOW' } = this.parseAnnotations(config.annotations);
        const sizes: Record<string, { cores: number }> = {
            LOW: { cores: 1 },
            HIGH: { cores: 2 },
            TURBO: { cores: 4 }
        };
        const { cores } = sizes[cpu as string]!;

        return super._start({ ...config, cores });
    }
}

class IgnoresTheTimeout extends MemoryExecutor {
    override exchangeTokenForBuild(
        config: Executor.ExchangeConfig,
        _buildTimeout: number,
        options: Executor.ExchangeOptions
    ): Promise<string> {
        return super.exchangeTokenForBuild(config, 90, options);
    }
}

class ForgetsTheCpu extends MemoryExecutor {
    override parseAnnotations(given: Executor.Annotations): Executor.ParsedAnnotations {
        return { ...super.parseAnnotations(given), cpu: 'LOW' };
    }
}

const { ram, ...withoutRam } = everythingOn(MemoryExecutor).annotations ?? {};

void ram;

export const annotations: BrokenExecutors = [
    ['start accepts a build without annotations', NeedsAnnotations],
    ['start accepts unknown annotations', RefusesUnknownAnnotations],
    ['start does not crash on an invalid annotation value', LooksUpCpuBlindly],
    ['the build token lives as long as the timeout annotation says', IgnoresTheTimeout],
    ['every engine annotation is declared as honoured or ignored', MemoryExecutor, { annotations: withoutRam }],
    ['the annotation cpu is honoured', ForgetsTheCpu]
];
