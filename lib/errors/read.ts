/** A property of a foreign value, which may be anything, even a proxy or an object with throwing accessors. */
export function read(value: unknown, key: string): unknown {
    try {
        return (value as Record<string, unknown> | undefined)?.[key];
    } catch {
        return undefined;
    }
}
