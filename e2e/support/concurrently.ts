/**
 * Does the work for each item, a number of them at a time. Resolves with the outcomes in order, as Promise.allSettled
 * does.
 */
export async function concurrently<Item, Result>(
    limit: number,
    items: readonly Item[],
    work: (item: Item) => Promise<Result>
): Promise<PromiseSettledResult<Result>[]> {
    const outcomes = new Array<PromiseSettledResult<Result>>(items.length);
    const left = items.entries();

    const worker = async () => {
        for (const [at, item] of left) [outcomes[at]] = await Promise.allSettled([work(item)]);
    };

    await Promise.all(Array.from({ length: limit }, worker));

    return outcomes;
}
