import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './child';

/** Tests run what is built in dist/ of the sources in lib/: on an old build they would be green whatever the sources say. */
const BUILT = ['.', 'examples/process-executor'];

/** When each file of a folder was changed. A file that was taken away shows in its folder. */
function changes(folder: string): number[] {
    const below = readdirSync(folder, { recursive: true }) as string[];

    return ['', ...below].map(path => statSync(join(folder, path)).mtimeMs);
}

function isStale(path: string): boolean {
    const dist = join(ROOT, path, 'dist');

    return !existsSync(dist) || Math.max(...changes(join(ROOT, path, 'lib'))) > Math.max(...changes(dist));
}

for (const path of BUILT.filter(isStale)) {
    throw new Error(
        `${join(path, 'dist')} is older than ${join(path, 'lib')}. ` +
            'Build it: npm run build && npm run build --workspaces --if-present'
    );
}
