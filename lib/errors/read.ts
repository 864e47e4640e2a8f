/** A property of a foreign value, which may be anything, a proxy or an object with throwing accessors included. */
export function read(value: unknown, key: string): unknown {
    try {
        return (value as Record<string, unknown> | undefined)?.[key];
    } catch {
        return undefined;
    }
}
