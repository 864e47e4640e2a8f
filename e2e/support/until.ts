import { setTimeout as wait } from 'node:timers/promises';

/** The first truthy result. Rejects with the last result if there is none in time. */
export async function until<Result>(
    what: string,
    look: () => Result | Promise<Result>,
    seconds = 60
): Promise<Exclude<NonNullable<Result>, false>> {
    const end = performance.now() + seconds * 1000;

    do {
        const seen = await look();

        if (seen) return seen as Exclude<NonNullable<Result>, false>;
        await wait(50);
    } while (performance.now() < end);

    throw new Error(`${what}: not within ${seconds} s`);
}
