import { execFileSync } from 'node:child_process';
import fs = require('node:fs');
import { basename, dirname, join } from 'node:path';

/** Copies a program of this machine into an image at the same path, with its libraries and the loader. */
export function addProgram(root: string, source: string, target = source) {
    copy(source, join(root, target));
    for (const library of librariesOf(source)) copy(library, join(root, library));
}

/**
 * Copies a program of this machine into a folder, with its libraries and the loader, so that it runs in any image like
 * a static one. Debian's patchelf puts the folder's path into it.
 *
 * @param folder in the image
 */
export function addPortableProgram(root: string, source: string, folder: string) {
    const target = join(root, folder, basename(source));
    const libraries = librariesOf(source);
    const loader = libraries.find(library => basename(library).startsWith('ld-linux')) ?? '';

    copy(source, target);
    for (const library of libraries) copy(library, join(root, folder, 'lib', basename(library)));
    execFileSync('patchelf', [
        ...['--set-interpreter', join(folder, 'lib', basename(loader))],
        ...['--force-rpath', '--set-rpath', join(folder, 'lib')],
        target
    ]);
}

function librariesOf(program: string) {
    const lines = execFileSync('ldd', [program], { encoding: 'utf8' }).split('\n');

    return lines.flatMap(line => /(\/\S+) \(0x/.exec(line)?.[1] ?? []);
}

function copy(source: string, target: string) {
    fs.mkdirSync(dirname(target), { recursive: true });
    fs.copyFileSync(fs.realpathSync(source), target);
}

/** Throws if the tool that makes programs portable is missing. */
export function mustHavePatchelf() {
    execFileSync('patchelf', ['--version']);
}
