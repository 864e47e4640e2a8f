// Every link and every anchor of every page leads somewhere: in the repository, and in the package alone.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';

/** A page's text without its blocks of code, in which brackets are no links. */
function prose(path) {
    return readFileSync(path, 'utf8').replace(/^( *)```[^]*?^\1```/gm, '');
}

/** The anchors that GitHub makes of the headings. Of two equal headings only the first can be linked to here. */
function anchorsOf(path) {
    return [...prose(path).matchAll(/^#{1,6} (.+)$/gm)].map(([, heading]) =>
        heading
            .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
            .toLowerCase()
            .replace(/[^\p{L}\p{N} _-]/gu, '')
            .replaceAll(' ', '-')
    );
}

/** Links to the web are not followed: the tests need no network. */
function flawOf(root, page, target, isThere) {
    if (/^[a-z]+:/.test(target)) return undefined;
    const [path, anchor] = target.split('#');
    const file = path === '' ? page : normalize(join(dirname(page), path));

    if (!isThere(file)) return `${page}: ${target} is not there`;
    if (anchor === undefined || !file.endsWith('.md')) return undefined;

    return anchorsOf(join(root, file)).includes(anchor) ? undefined : `${page}: ${target} is no heading`;
}

/** What is wrong with the links of the pages: paths from root; `isThere` says which paths a link may lead to. */
export function deadLinks(root, pages, isThere) {
    return pages.flatMap(page =>
        [...prose(join(root, page)).matchAll(/\]\(([^)\s]+)(?: "[^"]*")?\)/g)].flatMap(
            ([, target]) => flawOf(root, page, target, isThere) ?? []
        )
    );
}

export function deadLinksOfRepository(root) {
    const { stdout, status } = spawnSync('git', ['ls-files', '*.md'], { cwd: root, encoding: 'utf8' });

    if (status !== 0) throw new Error('git ls-files failed');

    return deadLinks(root, stdout.trim().split('\n'), path => existsSync(join(root, path)));
}
