/** The value of a finite number above zero or of a string that holds one; otherwise undefined. */
export function positiveNumber(value: unknown): number | undefined {
    const isText = typeof value === 'string' && value.trim() !== '';
    const number = typeof value === 'number' || isText ? Number(value) : NaN;

    return Number.isFinite(number) && number > 0 ? number : undefined;
}

/** What was given in its place, for an error. Not the content of an object: it may hold anything. */
export function inWords(value: unknown): string {
    return Object(value) === value ? Object.prototype.toString.call(value) : String(value);
}
