import Executor = require('screwdriver-executor-base');
import { unsupported } from './errors';
import type { Settings } from './settings';

/** Cores, by the words of the annotation. */
const CPU = { words: { MICRO: 0.5, LOW: 2, HIGH: 6, TURBO: 12 }, default: 2, min: 0.25, max: 16 };
/** GB, by the words of the annotation. */
const RAM = { words: { MICRO: 1, LOW: 2, HIGH: 12, TURBO: 16 }, default: 2, min: 0.5, max: 120 };
/** What Fargate has: units of CPU (1024 for a core), and the least, the most and the step of MiB with them. */
const FARGATE: [cpu: number, memories: number[]][] = [
    [256, [512, 1024, 2048]],
    [512, gigabytes(1, 4, 1)],
    [1024, gigabytes(2, 8, 1)],
    [2048, gigabytes(4, 16, 1)],
    [4096, gigabytes(8, 30, 1)],
    [8192, gigabytes(16, 60, 4)],
    [16384, gigabytes(32, 120, 8)]
];
/** GiB that a task on Fargate has by itself, and may have. */
const DISK = { least: 21, most: 200, words: { LOW: 20, HIGH: 50, TURBO: 100 } as Record<string, number> };

/** Units of CPU and MiB that a build's task gets: as asked, or the smallest pair of Fargate's that holds both. */
export function sizeOf(annotations: Executor.StartConfig['annotations'], { launchType }: Settings) {
    const { cpu, ram } = Executor.limitsFrom(annotations, { cpu: CPU, ram: RAM });
    const asked = { cpu: Math.ceil(cpu * 1024), memory: Math.ceil(ram * 1024) };

    if (launchType === 'EC2') return asked;
    for (const [units, memories] of FARGATE) {
        const memory = units >= asked.cpu ? memories.find(size => size >= asked.memory) : undefined;

        if (memory) return { cpu: units, memory };
    }

    // The last pair has the most of both.
    throw unsupported(`${cpu} cores with ${ram} GB`);
}

/** GiB of a task's own disk; undefined for what Fargate gives by itself. On EC2 the disk is that of the instance. */
export function diskOf({ disk }: Executor.ParsedAnnotations, { launchType }: Settings) {
    const asked = Number(DISK.words[String(disk).toUpperCase()] ?? disk);

    if (launchType === 'EC2' || !(asked >= DISK.least)) return undefined;

    return Math.min(Math.ceil(asked), DISK.most);
}

/** Rejects what no task of this executor can have: a build would fail for want of it, and not say why. */
export function requireSupported(annotations: Executor.ParsedAnnotations) {
    for (const name of ['dockerEnabled', 'rootlessBuildkitEnabled'] as const) {
        if (String(annotations[name]) === 'true') throw unsupported(`screwdriver.cd/${name}`);
    }
}

function gigabytes(from: number, to: number, step: number) {
    return Array.from({ length: (to - from) / step + 1 }, (_, index) => (from + index * step) * 1024);
}
