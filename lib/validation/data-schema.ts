import { createRequire } from 'node:module';
import type Joi = require('joi');

/** What is used of screwdriver-data-schema, which ships no types. */
interface DataSchema {
    plugins: { executor: Record<'start' | 'stop' | 'verify' | 'status', Joi.Schema> };
    config?: { annotations?: { reservedJobAnnotations?: string[] } };
}

/** The versions on which what stands here without loading them was proven: `npm run test:validation`. */
export const PROVEN = ['26.1.1'];

/** The annotations that those versions reserve for jobs, beside those that every version knows. */
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

/** Loading it builds several hundred schemas, most of the cost of a first call: so it is loaded when it is needed. */
export function dataSchema(): DataSchema {
    return require('screwdriver-data-schema') as DataSchema;
}

/** Whether data-schema would be one that need not be loaded to know what it says. */
export function isProvenSchema(): boolean {
    try {
        known ??= isProvenVersion() && isUntouched();
    } catch {
        // Bundled, say: there is no package to look at.
        known = false;
    }

    return known;
}

function isProvenVersion(): boolean {
    const { version } = require('screwdriver-data-schema/package.json') as { version: string };

    return PROVEN.includes(version);
}

/**
 * Whether nobody stands between `require` and the package. Tests replace it by its name; monitoring agents wrap or keep
 * what a `require` gives. Each has a way of its own, but all are on the stack of a `require` that fails. A package that
 * is loaded already may have been changed, and costs nothing any more.
 */
function isUntouched(): boolean {
    if (require.cache[require.resolve('screwdriver-data-schema')]) return false;
    const { stackTraceLimit } = Error;

    Error.stackTraceLimit = 100;
    try {
        // Not `require` itself: bundlers would look for the file.
        createRequire(__filename)('screwdriver-data-schema/of-nobody');
    } catch (error) {
        const frames = (error as Error).stack?.match(/^ +at .+/gm) ?? [];
        const nearest = frames.find(frame => !/[( ]node:/.test(frame));

        return nearest?.includes(isUntouched.name) ?? false;
    } finally {
        Error.stackTraceLimit = stackTraceLimit;
    }

    return false;
}

/** The annotations that data-schema reserves for jobs, such as `screwdriver.cd/cpu`. */
export function reservedJobAnnotations(): string[] {
    return isProvenSchema() ? RESERVED : (dataSchema().config?.annotations?.reservedJobAnnotations ?? []);
}
