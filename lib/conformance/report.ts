import { join, sep } from 'node:path';
import { withoutSecrets } from '../executor';
import { Finding } from './finding';
import { isError, shown } from './outcome';
import type { Rule } from './group';

/** This package's own code: readers of a report look for theirs. */
const OWN = [join(__dirname, '..') + sep, join(__dirname, '..', '..', 'lib') + sep];

/**
 * The error that a runner shows for a failed check: four parts, one line each, and the reader's own line of code if
 * there is one. It is a plain Error, because runners format an AssertionError in their own ways.
 *
 * @param rejections the errors that the executor has rejected with during the check
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
    // The report is about the error that it quotes.
    const cause = rejections.find(error => happened.includes(shown(error))) ?? (isError(failure) ? failure : undefined);
    const line = cause && ownLine(cause);
    const error = new Error(message);

    error.stack = [`Error: ${message}`, ...(line ? [line] : [])].join('\n');

    return error;
}

/** The innermost line of a stack that does not belong to Node, to this package or to an installed package. */
function ownLine({ stack }: Error): string | undefined {
    const lines = typeof stack === 'string' ? stack.split('\n') : [];

    return lines.find(
        line =>
            /^\s+at .+:\d+:\d+\)?$/.test(line) &&
            !/node:|node_modules/.test(line) &&
            !OWN.some(folder => line.includes(folder))
    );
}
