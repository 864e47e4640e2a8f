export function median(values: readonly number[]): number {
    const sorted = [...values].sort((a, b) => a - b);

    return (sorted[(sorted.length - 1) >> 1]! + sorted[sorted.length >> 1]!) / 2;
}

export const digits = (value: number): string => value.toFixed(value < 10 ? 2 : 0);

/** `1.25 (1.20–1.31)`: median, minimum and maximum. */
export function spread(values: readonly number[]): string {
    return `${digits(median(values))} (${digits(Math.min(...values))}–${digits(Math.max(...values))})`;
}

/** Ours divided by theirs, round by round, since other load on the machine affects both of a round. */
export function ratios(ours: readonly number[], theirs: readonly number[]): number[] {
    return ours.map((value, round) => value / theirs[round]!);
}
