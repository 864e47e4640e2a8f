// Every link and every anchor of every page leads somewhere: in the repository, and in the package alone.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { ROOT } from '../support/child';

/** Whether a link may lead to this path. */
type IsThere = (path: string) => boolean;

/** A page's text without its blocks of code, in which brackets are no links. */
function prose(page: string): string {
    return readFileSync(join(ROOT, page), 'utf8').replace(/^( *)```[^]*?^\1```/gm, '');
}

/** The anchors that GitHub makes of the headings. Of two equal headings only the first can be linked to here. */
function anchorsOf(page: string): string[] {
    return [...prose(page).matchAll(/^#{1,6} (.+)$/gm)].map(([, heading]) =>
        heading!
            .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
            .toLowerCase()
            .replace(/[^\p{L}\p{N} _-]/gu, '')
            .replaceAll(' ', '-')
    );
}

/** Links to the web are not followed: the tests need no network. */
function flawOf(page: string, target: string, isThere: IsThere): string | undefined {
    if (/^[a-z]+:/.test(target)) return undefined;
    const [path = '', anchor] = target.split('#');
    const file = path === '' ? page : normalize(join(dirname(page), path));

    if (!isThere(file)) return `${page}: ${target} is not there`;
    if (anchor === undefined || !file.endsWith('.md')) return undefined;

    return anchorsOf(file).includes(anchor) ? undefined : `${page}: ${target} is no heading`;
}

/** What is wrong with the links of the pages: paths from the checkout's root; `isThere` says which paths a link may lead to. */
export function deadLinks(pages: string[], isThere: IsThere): string[] {
    return pages.flatMap(page =>
        [...prose(page).matchAll(/\]\(([^)\s]+)(?: "[^"]*")?\)/g)].flatMap(
            ([, target]) => flawOf(page, target!, isThere) ?? []
        )
    );
}

export function deadLinksOfRepository(): string[] {
    const { stdout, status } = spawnSync('git', ['ls-files', '*.md'], { cwd: ROOT, encoding: 'utf8' });

    if (status !== 0) throw new Error('git ls-files failed');

    return deadLinks(stdout.trim().split('\n'), path => existsSync(join(ROOT, path)));
}
