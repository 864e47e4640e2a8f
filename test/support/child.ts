import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

/** The checkout. */
export const ROOT = join(__dirname, '..', '..');

/** For programs that run nothing of lib/, or nothing that other tests do not reach: to measure them costs time. */
export const UNMEASURED: NodeJS.ProcessEnv = { ...process.env, NODE_V8_COVERAGE: undefined };

export interface ChildResult {
    code: number;
    stdout: string;
    stderr: string;
}

/** Runs a program's text in a Node of its own, in the checkout; whatever its exit code, it resolves. */
export async function runNode(source: string, flags: string[] = [], env: NodeJS.ProcessEnv = {}): Promise<ChildResult> {
    try {
        const output = await promisify(execFile)(process.execPath, [...flags, '-e', source], {
            cwd: ROOT,
            env: { ...process.env, ...env },
            timeout: 60_000
        });

        return { code: 0, ...output };
    } catch (error) {
        return error as ChildResult;
    }
}
