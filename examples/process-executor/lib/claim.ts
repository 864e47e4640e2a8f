import { link, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { folderFailed, notOurs } from './errors';
import { isAlive, newOwner, type Owner } from './owner';
import { removeFolder, temporaryName } from './removal';

/** More than one try is needed only if another executor takes or releases the same build at the same moment. */
const TRIES = 20;

/**
 * A build's folder, `workspaceRoot/ID`, which belongs to one executor of this machine and tells the others which one.
 *
 *     owner            the executor that created the folder
 *     after-TOKEN      the executor that took it over when the owner with this token had died, and so on
 *     stopped-TOKEN    a mark: the build of the owner with this token was stopped
 *     home             the build's own folder
 */
export class Claim {
    readonly folder: string;
    /** Whether its previous owner has died, so that something of the build may still run. */
    readonly isTakenOver: boolean;
    readonly #owner: Owner;

    private constructor(folder: string, owner: Owner, isTakenOver: boolean) {
        this.folder = folder;
        this.#owner = owner;
        this.isTakenOver = isTakenOver;
    }

    get home(): string {
        return homeIn(this.folder);
    }

    /** Undefined if the build has an owner that is alive. */
    static async take(root: string, id: string): Promise<Claim | undefined> {
        const folder = folderOf(root, id);

        for (let left = TRIES; left > 0; left -= 1) {
            const owner = await newOwner();
            const outcome = await tryToTake(folder, owner).catch((error: Error) => {
                throw folderFailed(error);
            });

            if (outcome === 'owned') return undefined;
            if (outcome !== 'again') return new Claim(folder, owner, outcome === 'taken over');
        }

        throw notOurs(folder);
    }

    /** Whether the build was stopped, here or by another executor. */
    isStopped(): Promise<boolean> {
        return readFile(stopMark(this.folder, this.#owner)).then(
            () => true,
            () => false
        );
    }

    /** Removes the folder, so that the build can be claimed again. */
    async release(): Promise<void> {
        await removeFolder(this.folder);
    }
}

export function folderOf(root: string, id: string): string {
    return join(root, id);
}

export function homeIn(folder: string): string {
    return join(folder, 'home');
}

/** The owner of a build's folder: the last executor that took it over; undefined if there is none. */
export async function ownerOf(folder: string): Promise<Owner | undefined> {
    let last: Owner | undefined;
    let next = await readOwner(join(folder, 'owner'));

    while (next) {
        last = next;
        next = await readOwner(join(folder, `after-${next.token}`));
    }

    return last;
}

/** Tells an owner that is alive that its build was stopped: it then starts nothing more and reports nothing. */
export async function markStopped(folder: string, owner: Owner): Promise<void> {
    await writeFile(stopMark(folder, owner), '').catch(ignoreMissing);
}

function stopMark(folder: string, { token }: Owner): string {
    return join(folder, `stopped-${token}`);
}

async function tryToTake(folder: string, owner: Owner): Promise<'made' | 'taken over' | 'owned' | 'again'> {
    const draft = await temporaryName(folder);

    await mkdir(draft, { recursive: true, mode: 0o700 });
    await writeFile(join(draft, 'owner'), JSON.stringify(owner), { mode: 0o600 });
    try {
        // As exclusive as mkdir, since it fails for a folder that is not empty; and the folder contains its owner from
        // the first moment.
        await rename(draft, folder);

        return 'made';
    } catch (error) {
        if (!['ENOTEMPTY', 'EEXIST'].includes(String((error as NodeJS.ErrnoException).code))) throw error;

        return await takeOver(folder, owner, join(draft, 'owner'));
    } finally {
        await rm(draft, { recursive: true, force: true });
    }
}

/**
 * The file's name contains the predecessor: of two executors that saw the same owner dead, only one succeeds, and none
 * can replace a later owner.
 */
async function takeOver(folder: string, owner: Owner, record: string): Promise<'taken over' | 'owned' | 'again'> {
    const last = await ownerOf(folder);

    if (!last) return 'again';
    if (await isAlive(last)) return 'owned';
    try {
        await link(record, join(folder, `after-${last.token}`));
    } catch (error) {
        if (['EEXIST', 'ENOENT'].includes(String((error as NodeJS.ErrnoException).code))) return 'again';
        throw error;
    }

    return (await ownerOf(folder))?.token === owner.token ? 'taken over' : 'again';
}

async function readOwner(path: string): Promise<Owner | undefined> {
    try {
        return JSON.parse(await readFile(path, 'utf8')) as Owner;
    } catch {
        // It does not exist, or was not written by an executor.
        return undefined;
    }
}

function ignoreMissing(error: NodeJS.ErrnoException): undefined {
    if (error.code !== 'ENOENT') throw error;
}
