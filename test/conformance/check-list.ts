import { MemoryExecutor } from 'screwdriver-executor-base/testing';
import { collect, everythingOn, failures, type Registered, type Told } from './kit';

const EVERYTHING = { ...everythingOn(MemoryExecutor), factory: fail, engineDown: fail, engineSlow: fail };
const MINIMUM = { factory: fail };

/** What an author can tell the kit, and the name that the document has for it. */
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
export async function checkList(): Promise<string> {
    const needs = new Map<string, string>();
    const checks: Registered[] = [];

    for (const [need, told] of [['', {}] as const, ...TELLING]) {
        for (const check of collect({ ...MINIMUM, ...told })) {
            if (needs.has(check.title)) continue;
            needs.set(check.title, need);
            checks.push(check);
        }
    }
    const told = await failures(checks);
    const lines: string[] = [];

    for (const group of new Set(checks.map(check => check.group))) {
        lines.push(`### ${group}`, '', '| Rule | Needs | Why | What to change |', '| :-- | :-- | :-- | :-- |');
        for (const { title } of checks.filter(check => check.group === group)) {
            const [, why, fix] = /\n {2}Why: (.+)\n {2}What to change: (.+)$/.exec(told.get(title) ?? '') ?? [];

            lines.push(`| ${[title, needs.get(title), why, fix].map(cell).join(' | ')} |`);
        }
        lines.push('');
    }

    return lines.join('\n');
}

/** With a factory that fails, every check fails, and says why it is there. */
function fail(): never {
    throw new Error('There is no executor');
}

function cell(text = ''): string {
    return text.replaceAll('|', '\\|').replace(/[{<]/g, '\\$&');
}
