import { readdir } from 'node:fs/promises';
import { Claim, folderOf, homeIn, ownerOf } from './claim';
import { isAlive } from './owner';
import { removeLeftovers } from './removal';
import { endStrays, straysOf } from './strays';
import type Executor = require('screwdriver-executor-base');
import type { Settings } from './options';

const REASON = 'The executor that ran the build was killed';

/**
 * Removes what dead executors have left. Ends builds of theirs that still run, since nobody enforces their timeout, and
 * reports them with the token of their launcher.
 *
 * @param executor sends the reports to the API
 * @param isAsked whether a start or a stop of this executor is handling the build
 */
export async function sweep(settings: Settings, executor: Executor, isAsked: (id: string) => boolean): Promise<void> {
    const { workspaceRoot } = settings;

    await removeLeftovers(workspaceRoot);
    for (const id of await readdir(workspaceRoot).catch(() => [])) {
        if (/^\d+$/.test(id) && !isAsked(id)) await endOrphan(id, settings, executor);
    }
}

async function endOrphan(id: string, { workspaceRoot, gracePeriod }: Settings, executor: Executor): Promise<void> {
    const folder = folderOf(workspaceRoot, id);
    const owner = await ownerOf(folder);

    if (!owner || (await isAlive(owner))) return;
    const { groups } = await straysOf(homeIn(folder));
    // If nothing of the build runs, a start of it may be repeated, which then handles the folder.
    const claim = groups.length > 0 && (await Claim.take(workspaceRoot, id));

    if (!claim) return;
    const strays = await straysOf(claim.home);

    await endStrays(strays, gracePeriod);
    try {
        const { apiUri, token } = strays;

        if (apiUri && token) await executor.reportFailure({ apiUri, buildId: id, token }, REASON);
    } catch (error) {
        process.emitWarning(`Build ${id}: ${(error as Error).message}. ${REASON}`, 'ProcessExecutorWarning');
    } finally {
        await claim.release();
    }
}
