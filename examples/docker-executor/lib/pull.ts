import { withoutSecrets } from 'screwdriver-executor-base';
import { imageError, statusOf, timeoutError } from './errors';
import { withTag } from './image-name';
import { linesOf } from './lines';
import type Docker = require('dockerode');
import type { Engine } from './engine';

/** The engine's message for an invalid image name. */
const NO_NAME = 'invalid reference format';

/** Resolves once the engine has the image. */
export async function pull(
    engine: Engine,
    name: string,
    { when, log, signal }: { when: 'missing' | 'always'; log: (line: string) => void; signal: AbortSignal }
) {
    const image = withTag(name);

    if (image === undefined) throw imageError(name, NO_NAME);
    const docker = engine.client(signal);

    signal.throwIfAborted();
    if (when === 'missing' && (await isThere(docker, image))) return;
    const silence = new AbortController();
    const end = AbortSignal.any([signal, silence.signal]);
    const giveUp = () => silence.abort(timeoutError(`the pull of ${image} has stalled`));
    const watch = engine.patience ? setTimeout(giveUp, engine.patience) : undefined;

    try {
        const progress = await docker.pull(image, { abortSignal: end });

        log(`${image}: pulling`);
        for await (const step of stepsOf(image, progress, () => watch?.refresh())) log(`${image}: ${step}`);
        log(`${image}: pulled`);
    } catch (error) {
        end.throwIfAborted();
        throw imageError(image, error);
    } finally {
        clearTimeout(watch);
    }
}

async function isThere(docker: Docker, image: string) {
    try {
        await docker.getImage(image).inspect();

        return true;
    } catch (error) {
        // If something else is wrong with a name (400), the pull reports it as an image error.
        if ([400, 404].includes(statusOf(error) ?? 0)) return false;
        throw error;
    }
}

/**
 * Each layer's step once, although the engine repeats it for each piece that arrives. Rejects if a pull fails after it
 * has begun: the engine says so in a line of the answer, or cuts the answer off.
 */
async function* stepsOf(image: string, progress: NodeJS.ReadableStream, onLine: () => void) {
    const steps = new Map();

    for await (const line of linesOf(progress)) {
        const { id = '', status = '', error } = JSON.parse(withoutSecrets(line)) as Record<string, string | undefined>;

        onLine();
        if (error) throw imageError(image, error);
        if (steps.get(id) === status) continue;
        steps.set(id, status);
        yield `${id} ${status}`.trim();
    }
}
