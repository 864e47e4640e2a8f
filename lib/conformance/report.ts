import { join, sep } from 'node:path';
import { withoutSecrets } from '../executor';
import { Finding } from './finding';
import { isError, shown } from './outcome';
import type { Rule } from './group';

/** This package's own code: whoever reads a report looks for theirs. */
const OWN = [join(__dirname, '..') + sep, join(__dirname, '..', '..', 'lib') + sep];

/**
 * The error that a runner shows for a check that has failed: four parts, one line each, and the reader's own line of code
 * where there is one. A plain Error: runners have forms of their own for an AssertionError.
 *
 * @param rejections what the executor has rejected with during the check
 */
export function reportOf(rule: Rule, failure: unknown, rejections: Error[]): Error {
    const { title, why, fix, isKnown }: Rule & { isKnown?: boolean } = {
        ...rule,
        ...(failure instanceof Finding && failure.parts)
    };
    const happened = withoutSecrets(failure instanceof Finding ? failure.message : shown(failure));
    const message = isKnown
        ? happened
        : [title, `  What happened: ${happened}`, `  Why: ${why}`, `  What to change: ${fix}`].join('\n');
    // What it quotes is what it is about.
    const cause = rejections.find(error => happened.includes(shown(error))) ?? (isError(failure) ? failure : undefined);
    const line = cause && ownLine(cause);
    const error = new Error(message);

    error.stack = [`Error: ${message}`, ...(line ? [line] : [])].join('\n');

    return error;
}

/** The innermost line of a stack that is neither Node's, nor this package's, nor that of something installed. */
function ownLine({ stack }: Error): string | undefined {
    const lines = typeof stack === 'string' ? stack.split('\n') : [];

    return lines.find(
        line =>
            /^\s+at .+:\d+:\d+\)?$/.test(line) &&
            !/node:|node_modules/.test(line) &&
            !OWN.some(folder => line.includes(folder))
    );
}
