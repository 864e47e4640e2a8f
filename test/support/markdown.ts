import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './child';

/** A fenced block of a document. */
export interface Block {
    /** Of the file, from the root: `docs/errors.md`. */
    document: string;
    /** Of its first line of code, from 1. */
    line: number;
    language: string;
    /** What stands behind the language: `js continues`. */
    words: string[];
    code: string[];
}

/** The documents of the root and of docs/, but for those that have a test of their own. */
export function documents(except: string[]): string[] {
    return ['.', 'docs']
        .flatMap(folder => readdirSync(join(ROOT, folder)).map(name => join(folder, name)))
        .filter(path => path.endsWith('.md') && !except.includes(path));
}

export function blocksOf(document: string): Block[] {
    const blocks: Block[] = [];
    let open: Block | undefined;

    for (const [index, line] of textOf(document).split('\n').entries()) {
        const fence = /^ *```(.*)$/.exec(line);

        if (!fence) {
            open?.code.push(line);
        } else if (open) {
            open = undefined;
        } else {
            const [language = '', ...words] = fence[1]!.trim().split(/\s+/);

            open = { document, line: index + 2, language, words, code: [] };
            blocks.push(open);
        }
    }

    return blocks;
}

export function textOf(document: string): string {
    return readFileSync(join(ROOT, document), 'utf8');
}
