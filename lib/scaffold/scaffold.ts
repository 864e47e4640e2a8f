import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const PREFIX = 'screwdriver-executor-';
/** The Screwdriver API contains packages with these names. */
const TAKEN = ['base', 'docker', 'k8s', 'k8s-vm', 'queue', 'router'];
const TEMPLATE = join(__dirname, '../../templates/executor');

export const LICENSES = ['BSD-3-Clause', 'UNLICENSED'] as const;
export type License = (typeof LICENSES)[number];

/**
 * Writes the package of a new executor into a folder.
 *
 * @param name the engine's name, with or without the package's prefix `screwdriver-executor-`
 * @param parent the folder in which to create the package's folder
 * @param license the package's license; the file LICENSE is written only for BSD-3-Clause
 * @returns the package's folder, relative to `parent`, and the files written
 * @throws Error, before anything is written, for a name that npm would refuse or a folder that exists; the message says
 * what to do
 */
export function scaffold(
    name: string,
    parent: string,
    license: License = 'BSD-3-Clause'
): { folder: string; files: string[] } {
    const engine = name.replace(/^(?:screwdriver-)?executor-/, '');
    const scope = /^(@[^/]*)\/(.*)$/.exec(name);

    if (scope) {
        throw new Error(
            `"${name}" has a scope, but the name of an engine cannot have one: use "${scope[2]}", then write ${scope[1]}/ before ` +
                'the name in its package.json'
        );
    }
    if (TAKEN.includes(engine)) {
        throw new Error(
            `"${name}" cannot be the name of an engine: the API already contains a package named ${PREFIX}${engine}. ` +
                'Choose another name, such as my-engine'
        );
    }
    if (!/^[a-z](?:-?[a-z0-9])*$/.test(engine) || engine.length > 100) {
        throw new Error(
            `"${name}" cannot be the name of an engine: use lower-case letters, digits and single hyphens, ` +
                'starting with a letter, such as my-engine'
        );
    }
    const folder = PREFIX + engine;
    const target = join(parent, folder);

    if (existsSync(target)) {
        throw new Error(`${folder} already exists and was left unchanged: remove it, or choose another name`);
    }
    const values: Record<string, string> = {
        name: engine,
        package: folder,
        class: engine.replace(/(?:^|-)([a-z0-9])/g, (_, first: string) => first.toUpperCase()),
        code: engine.replaceAll('-', '_').toUpperCase(),
        license,
        year: String(new Date().getFullYear()),
        base: (require('../../package.json') as { version: string }).version
    };
    const files = templateFiles().flatMap(file => {
        if (file === 'LICENSE' && license !== 'BSD-3-Clause') return [];
        const text = readFileSync(join(TEMPLATE, file), 'utf8');
        // npm leaves a file named .gitignore out of a package.
        const name = file === 'gitignore' ? '.gitignore' : file;

        return { name, text: text.replace(/\{\{(\w+)\}\}/g, (_, key: string) => String(values[key])) };
    });

    for (const { name, text } of files) {
        mkdirSync(dirname(join(target, name)), { recursive: true });
        writeFileSync(join(target, name), text, { flag: 'wx' });
    }

    return { folder, files: files.map(file => file.name) };
}

function templateFiles(): string[] {
    return readdirSync(TEMPLATE, { recursive: true, withFileTypes: true })
        .filter(entry => entry.isFile())
        .map(entry => join(entry.parentPath, entry.name).slice(TEMPLATE.length + 1))
        .sort();
}
