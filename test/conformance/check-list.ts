import { MemoryExecutor } from 'screwdriver-executor-base/testing';
import {
    annotations,
    failure,
    idempotency,
    isolation,
    lifecycle,
    results,
    secrets,
    shutdown,
    stats,
    support,
    validation
} from 'screwdriver-executor-base/conformance';
import { everythingOn, type Told } from './kit';
import type { Group } from '../../dist/conformance/group';

const EVERYTHING = { ...everythingOn(MemoryExecutor), factory: fail, engineDown: fail, engineSlow: fail };
const MINIMUM = { describe: fail, it: fail, factory: fail };

/** In the order of their execution. */
const GROUPS = {
    lifecycle,
    support,
    idempotency,
    isolation,
    validation,
    results,
    failure,
    secrets,
    annotations,
    stats,
    shutdown
};

/** The options that add checks, and their names in the document. */
const TELLING: [name: string, told: Told][] = [
    ['`observe.running`', { observe: { running: () => [] } }],
    ['`observe.args`', { observe: { args: () => [] } }],
    ['`observe.logs`', { observe: { logs: () => [] } }],
    ['`engineDown`', { engineDown: fail }],
    ['`engineSlow`', { engineSlow: fail }],
    ["`duplicateStart: 'rejects'`", { duplicateStart: 'rejects' }],
    ['`second`, `observe.running`', { second: fail, observe: { running: () => [] } }],
    [
        '`annotations`',
        {
            annotations: Object.fromEntries(
                Object.entries(EVERYTHING.annotations ?? {}).filter(([key]) => key === 'cpu')
            )
        }
    ]
];

/** Every check that the kit can register, as the tables of docs/conformance.md. */
export function checkList(): string {
    const needs = new Map<string, string>();
    const lines: string[] = [];
    const rules = Object.entries<Group>(GROUPS).map(([name, group]) => {
        const found = new Map<string, ReturnType<Group['rules']>[number]>();

        for (const [need, told] of [['', {}] as const, ...TELLING]) {
            for (const rule of group.rules<MemoryExecutor>({ ...MINIMUM, ...told })) {
                if (found.has(rule.title)) continue;
                found.set(rule.title, rule);
                needs.set(rule.title, need);
            }
        }

        return [name, [...found.values()]] as const;
    });

    for (const [name, found] of rules) {
        lines.push(`### ${name}`, '', '| Rule | Needs | Why | What to change |', '| :-- | :-- | :-- | :-- |');
        for (const { title, why, fix } of found) {
            lines.push(`| ${[title, needs.get(title), why, fix].map(cell).join(' | ')} |`);
        }
        lines.push('');
    }

    return lines.join('\n');
}

/** Nothing is run. */
function fail(): never {
    throw new Error('There is no executor');
}

function cell(text = ''): string {
    return text.replaceAll('|', '\\|').replace(/[{<]/g, '\\$&');
}
