'use strict';

const INTRODUCTION = `# The conformance kit on the published executors

What Screwdriver's published executors keep, and break, of the rules that [the kit](conformance.md) checks: on this
package, over servers on loopback that speak enough of each engine's API, an engine that is down, and one that never
answers. Made by \`npm run test:published -- --write\`; the command without \`--write\` fails when an outcome changes.

A cross is a finding about the executor at that version, not about its engine, and none is a regression: each behaves the
same on 11.1.0. Rules that an executor need not keep because it does not support the operation count as kept. \`queue\`
hands builds to a queue and starts nothing by itself, so that a cross there often means "the queue would have to say".
`;

const VERSIONS = require('../package.json').dependencies;

/** The page in Markdown: a row for each rule that some executor breaks, then why there is such a rule. */
function pageOf(outcomes) {
    const names = [...outcomes.keys()];
    const rules = new Map();

    for (const [name, results] of outcomes) {
        for (const { group, title, why, failure } of results) {
            const rule = rules.get(title) ?? { group, title, why, failures: new Map(), executors: new Set() };

            rule.executors.add(name);
            if (failure) rule.failures.set(name, failure);
            rules.set(title, rule);
        }
    }
    const all = [...rules.values()];
    const broken = all.filter(({ failures }) => failures.size > 0);

    return [
        INTRODUCTION,
        table(
            ['', ...names],
            [
                ['Version', ...names.map(name => VERSIONS[`screwdriver-executor-${name}`])],
                ['Rules kept', ...names.map(name => kept(outcomes.get(name)))]
            ]
        ),
        `\n## Rules that some break\n`,
        table(
            ['Group', 'Rule', ...names],
            broken.map(rule => [rule.group, rule.title, ...names.map(name => mark(rule, name))])
        ),
        `\nAll keep the other ${all.length - broken.length} rules.\n`,
        `## Why these rules\n`,
        ...broken.map(({ title, why }) => `- **${title}**: ${why}.`),
        ''
    ].join('\n');
}

function kept(results) {
    return `${results.filter(({ failure }) => !failure).length} of ${results.length}`;
}

function mark({ failures, executors }, name) {
    if (!executors.has(name)) return '–';

    return failures.has(name) ? '✗' : '✓';
}

function table(head, rows) {
    return [head, head.map(() => ':--'), ...rows].map(cells => `| ${cells.join(' | ')} |`).join('\n');
}

module.exports = { pageOf };
