import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

/** Starts a program of measured/, which loads only what it needs itself. */
export function start(file: string, argv: string[] = [], env: NodeJS.ProcessEnv = process.env): ChildProcess {
    return fork(join(__dirname, 'measured', file), argv, { execArgv: ['--expose-gc'], env });
}

/** The next message of a child. Rejects if the child ends instead. */
export async function next<Message>(child: ChildProcess): Promise<Message> {
    const ended = new AbortController();
    const { signal } = ended;

    try {
        const [message] = (await Promise.race([
            once(child, 'message', { signal }),
            once(child, 'exit', { signal }).then(([code]) => {
                throw new Error(`${child.spawnargs.slice(1).join(' ')} ended with ${code}`);
            })
        ])) as [Message];

        return message;
    } finally {
        ended.abort();
    }
}

/** Gives a child a task. Resolves with its answer. */
export function ask<Answer>(child: ChildProcess, task: object): Promise<Answer> {
    child.send(task);

    return next(child);
}

/** Runs every name in turn, forwards and backwards, round by round, after a warm-up. Returns results by name. */
export async function inTurns<Name, Found>(
    names: readonly Name[],
    rounds: number,
    work: (name: Name) => Promise<Found>
): Promise<Map<Name, Found[]>> {
    const results = new Map<Name, Found[]>(names.map(name => [name, []]));

    for (let round = 0; round <= rounds; round += 1) {
        for (const name of round % 2 ? names : [...names].reverse()) {
            const result = await work(name);

            if (round > 0) results.get(name)!.push(result);
        }
    }

    return results;
}
