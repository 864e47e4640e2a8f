import { createRequire } from 'node:module';
import type Joi = require('joi');

/** The used part of screwdriver-data-schema, which has no types. */
interface DataSchema {
    plugins: { executor: Record<'start' | 'stop' | 'verify' | 'status', Joi.Schema> };
    config?: { annotations?: { reservedJobAnnotations?: string[] } };
}

/** The versions for which the knowledge in this package was proven: `npm run test:validation`. */
export const PROVEN = ['26.1.1'];

/** The annotations that those versions reserve for jobs, besides those that every version knows. */
export const RESERVED_NAMES = [
    'buildCluster',
    'collapseBuilds',
    'coverageScope',
    'displayName',
    'mergeSharedSteps',
    'manualStartEnabled',
    'blockedBySameJob',
    'blockedBySameJobWaitTime',
    'jobDisabledByDefault',
    'virtualJob',
    'sdAdminBuildClusterOverride'
] as const;

export const RESERVED = RESERVED_NAMES.map(name => `screwdriver.cd/${name}`);

let known: boolean | undefined;

/** Loaded when it is needed: loading builds several hundred schemas, which is most of the cost of a first call. */
export function dataSchema(): DataSchema {
    return require('screwdriver-data-schema') as DataSchema;
}

/** Whether the installed data-schema is a proven one, so that it need not be loaded. */
export function isProvenSchema(): boolean {
    try {
        known ??= isProvenVersion() && isUntouched();
        // Stryker disable next-line BlockStatement: undefined means no as well, and would only be slower
    } catch {
        // There is no package to look at, for example in a bundle, or a stack has another form.
        known = false;
    }

    return known;
}

function isProvenVersion(): boolean {
    const { version } = require('screwdriver-data-schema/package.json') as { version: string };

    return PROVEN.includes(version);
}

/**
 * Whether nothing intercepts `require` of the package. Tests replace the package by name, and monitoring agents wrap or
 * cache the result of a `require`. They do it in different ways, but all of them are on the stack of a `require` that
 * fails. A package that is already loaded may have been changed, and costs nothing to use.
 */
function isUntouched(): boolean {
    if (require.cache[require.resolve('screwdriver-data-schema')]) return false;
    const { stackTraceLimit } = Error;

    Error.stackTraceLimit = 100;
    try {
        // Not `require` itself, since bundlers would look for the file.
        createRequire(__filename)('screwdriver-data-schema/of-nobody');
    } catch (error) {
        const frames = (error as Error).stack!.match(/^ +at .+/gm)!;

        return frames.find(frame => !/[( ]node:/.test(frame))!.includes(isUntouched.name);
    } finally {
        Error.stackTraceLimit = stackTraceLimit;
    }

    return false;
}

/** The annotations that data-schema reserves for jobs, such as `screwdriver.cd/cpu`. */
export function reservedJobAnnotations(): string[] {
    // Stryker disable next-line ArrayDeclaration: only names with the prefix are looked up
    return isProvenSchema() ? RESERVED : (dataSchema().config?.annotations?.reservedJobAnnotations ?? []);
}
