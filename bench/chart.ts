const WIDTH = 760;
const LEFT = 330;
const RIGHT = 60;
const ROW = 26;
const TOP = 62;

const escape = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

/** One bar: our time divided by upstream's. */
export interface Bar {
    label: string;
    value: number;
    target?: number | undefined;
}

/** Bars with this package's share of upstream's time, and a mark at the target. */
export function chart(bars: Bar[]): string {
    const most = Math.max(1, ...bars.map(({ value }) => value));
    const x = (value: number) => Math.round(10 * (LEFT + (value / most) * (WIDTH - LEFT - RIGHT))) / 10;
    const height = TOP + bars.length * ROW + 14;
    const line = (at: number, top: number, bottom: number, style: string) =>
        `<line x1="${x(at)}" x2="${x(at)}" y1="${top}" y2="${bottom}" ${style}/>`;
    const rows = bars.flatMap(({ label, value, target }, row) => {
        const y = TOP + row * ROW;

        return [
            `<text x="${LEFT - 10}" y="${y + 14}" text-anchor="end">${escape(label)}</text>`,
            `<rect x="${LEFT}" y="${y}" width="${(x(value) - LEFT).toFixed(1)}" height="18" fill="#2f6fba"/>`,
            ...(target ? [line(target, y - 3, y + 21, 'stroke="#c2410c" stroke-width="2"')] : []),
            `<text x="${x(Math.max(value, target ?? 0)) + 6}" y="${y + 14}">${value.toFixed(2)}</text>`
        ];
    });

    return [
        `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}"`,
        '    font-family="system-ui, sans-serif" font-size="13" fill="#1f2933">',
        `<rect width="${WIDTH}" height="${height}" rx="6" fill="#ffffff"/>`,
        '<text x="16" y="24" font-size="15" font-weight="600">Time compared with screwdriver-executor-base 11.1.0 (= 1.00)</text>',
        '<text x="16" y="44" fill="#52606d">Shorter is better. The orange mark is the target: at or left of it.</text>',
        line(1, TOP - 6, height - 10, 'stroke="#9aa5b1" stroke-dasharray="3 3"'),
        ...rows,
        '</svg>',
        ''
    ].join('\n');
}
