import type { Bar } from './chart';

/** The result of a figure. */
export interface Result {
    columns: string[];
    rows: Array<Array<string | number>>;
    notes: string[];
    /** For the chart. */
    bars?: Bar[];
}

/** One section of the results, as a module. */
export interface Figure {
    title: string;
    measure: (options?: { rounds?: number }) => Result | Promise<Result>;
}

/** A figure as markdown. */
export function markdown(title: string, { columns, rows, notes }: Result): string {
    const line = (cells: Array<string | number>) => `| ${cells.join(' | ')} |`;

    return [
        `## ${title}`,
        '',
        line(columns),
        line(columns.map(() => '---')),
        ...rows.map(line),
        '',
        ...notes.map(note => `- ${note}`)
    ].join('\n');
}

export const verdict = (holds: boolean): string => (holds ? 'yes' : '**no**');

/** Prints a figure that is run alone. */
export async function print({ title, measure }: Figure): Promise<void> {
    console.log(markdown(title, await measure()));
}
