/** The milliseconds that some work takes. */
export async function timed(work: () => Promise<unknown>) {
    const begin = performance.now();

    await work();

    return performance.now() - begin;
}

export function median(values: number[]) {
    return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN;
}
