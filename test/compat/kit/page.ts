import { dependencies } from '../package.json';

const INTRODUCTION = `# The conformance kit on the published executors

How Screwdriver's published executors do in the checks of [the kit](conformance.md). They run on this package, against
servers on loopback that speak enough of each engine's API, an engine that is down, and one that never answers.
\`npm run test:published -- --write\` makes this page. Without \`--write\` the command fails if an outcome changes.

A cross is a finding about that version of the executor, not about its engine. None is a regression: each executor
behaves the same on 11.1.0. A rule about an unsupported operation counts as kept. \`queue\` hands builds to a queue and
starts nothing itself, so a cross there often means "the queue would have to answer this".
`;

/** The outcome of a rule on an executor. */
export interface Outcome {
    group: string;
    title: string;
    why: string | undefined;
    /** The message of the failed check. */
    failure?: string;
}

/** The outcome of a rule on all executors. */
interface Rule extends Outcome {
    failures: Map<string, string>;
    executors: Set<string>;
}

const VERSIONS: Record<string, string> = dependencies;

/** The page in Markdown: a row for each rule that an executor breaks, then the reason for the rule. */
export function pageOf(outcomes: Map<string, Outcome[]>): string {
    const names = [...outcomes.keys()];
    const rules = new Map<string, Rule>();

    for (const [name, results] of outcomes) {
        for (const { group, title, why, failure } of results) {
            const rule: Rule = rules.get(title) ?? { group, title, why, failures: new Map(), executors: new Set() };

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
                ['Version', ...names.map(name => VERSIONS[`screwdriver-executor-${name}`]!)],
                ['Rules kept', ...names.map(name => kept(outcomes.get(name)!))]
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

function kept(results: Outcome[]): string {
    return `${results.filter(({ failure }) => !failure).length} of ${results.length}`;
}

function mark({ failures, executors }: Rule, name: string): string {
    if (!executors.has(name)) return '–';

    return failures.has(name) ? '✗' : '✓';
}

function table(head: string[], rows: string[][]): string {
    return [head, head.map(() => ':--'), ...rows].map(cells => `| ${cells.join(' | ')} |`).join('\n');
}
