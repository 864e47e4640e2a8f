import Executor = require('screwdriver-executor-base');
import { unsupported } from './errors';
import type { Settings } from './settings';

/** Cores: the words of the annotation. */
const CPU = { words: { MICRO: 0.5, LOW: 2, HIGH: 6, TURBO: 12 }, default: 2, min: 0.25, max: 16 };
/** GB: the words of the annotation. */
const RAM = { words: { MICRO: 1, LOW: 2, HIGH: 12, TURBO: 16 }, default: 2, min: 0.5, max: 120 };
/** The sizes of Fargate, the smallest first: units of CPU (1024 for a core) and MiB. */
const SIZES = [
    { cpu: 256, memories: [512, 1024, 2048] },
    { cpu: 512, memories: gigabytes(1, 4, 1) },
    { cpu: 1024, memories: gigabytes(2, 8, 1) },
    { cpu: 2048, memories: gigabytes(4, 16, 1) },
    { cpu: 4096, memories: gigabytes(8, 30, 1) },
    { cpu: 8192, memories: gigabytes(16, 60, 4) },
    { cpu: 16384, memories: gigabytes(32, 120, 8) }
].flatMap(({ cpu, memories }) => memories.map(memory => ({ cpu, memory })));
/** GiB that a task on Fargate can request. It has 20 by default. */
const DISK = { least: 21, most: 200, words: { LOW: 20, HIGH: 50, TURBO: 100 } as Record<string, number> };

/** The units of CPU and MiB of a build's task: the smallest size of Fargate with enough of both. On EC2 as requested. */
export function sizeOf(annotations: Executor.StartConfig['annotations'], { launchType }: Settings) {
    const { cpu, ram } = Executor.limitsFrom(annotations, { cpu: CPU, ram: RAM });
    const asked = { cpu: Math.ceil(cpu * 1024), memory: Math.ceil(ram * 1024) };
    const isEnough = (size: typeof asked) => size.cpu >= asked.cpu && size.memory >= asked.memory;

    return (launchType === 'FARGATE' && SIZES.find(isEnough)) || asked;
}

/** The GiB of a task's own disk; undefined for the default of Fargate. On EC2 the disk is that of the instance. */
export function diskOf({ disk }: Executor.ParsedAnnotations, { launchType }: Settings) {
    const asked = Number(DISK.words[String(disk).toUpperCase()] ?? disk);

    if (launchType === 'EC2' || !(asked >= DISK.least)) return undefined;

    return Math.min(Math.ceil(asked), DISK.most);
}

/** Rejects what no task of this executor can have. Without it, the build would fail and not say why. */
export function requireSupported(annotations: Executor.ParsedAnnotations) {
    for (const name of ['dockerEnabled', 'rootlessBuildkitEnabled'] as const) {
        if (String(annotations[name]) === 'true') throw unsupported(`screwdriver.cd/${name}`);
    }
}

function gigabytes(from: number, to: number, step: number) {
    return Array.from({ length: (to - from) / step + 1 }, (_, index) => (from + index * step) * 1024);
}
