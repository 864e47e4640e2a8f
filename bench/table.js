'use strict';

/** A figure as markdown. */
function markdown(title, { columns, rows, notes }) {
    const line = cells => `| ${cells.join(' | ')} |`;

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

const verdict = holds => (holds ? 'yes' : '**no**');

/** Prints a figure that is run by itself. */
async function print({ title, measure }) {
    console.log(markdown(title, await measure()));
}

module.exports = { markdown, print, verdict };
