import { endGroup } from './process-group';
import { argumentsOfProcess, environmentOfProcess, runningProcesses } from './procfs';

/** The processes of a build that still run, recognized by their HOME, which is unique to the build. */
export interface Strays {
    groups: number[];
    /** The build's own token, if its launcher still runs, and the API that it reports to. */
    token: string | undefined;
    apiUri: string | undefined;
}

export async function straysOf(home: string): Promise<Strays> {
    const groups = new Set<number>();
    let token: string | undefined;
    let apiUri: string | undefined;

    for (const process of (await runningProcesses()) ?? []) {
        const environment = await environmentOfProcess(process.pid);

        if (!environment.includes(`HOME=${home}`)) continue;
        groups.add(process.group);
        token ??= valueIn(environment, 'SD_TOKEN');
        apiUri ??= await apiUriOf(process.pid);
    }

    return { groups: [...groups], token, apiUri };
}

/** Sends TERM at once, and KILL after the grace period or when the signal aborts. Resolves when none of them runs. */
export async function endStrays({ groups }: Strays, gracePeriod: number, signal?: AbortSignal): Promise<void> {
    await Promise.all(groups.map(group => endGroup(group, gracePeriod, signal)));
}

function valueIn(environment: string[], name: string): string | undefined {
    return environment.find(variable => variable.startsWith(`${name}=`))?.slice(name.length + 1);
}

async function apiUriOf(pid: string): Promise<string | undefined> {
    const args = await argumentsOfProcess(pid);
    const index = args.indexOf('--api-uri');

    return index === -1 ? undefined : args[index + 1];
}
