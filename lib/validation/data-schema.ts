import { Module } from 'node:module';
import type Joi = require('joi');

/** What is used of screwdriver-data-schema, which ships no types. */
interface DataSchema {
    plugins: { executor: Record<'start' | 'stop' | 'verify' | 'status', Joi.Schema> };
    config?: { annotations?: { reservedJobAnnotations?: string[] } };
}

/** The versions on which what stands here without loading them was proven: `npm run test:validation`. */
const PROVEN = ['26.1.1'];

/** The annotations that those versions reserve for jobs, beside those that every version knows. */
const RESERVED = [
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
].map(name => `screwdriver.cd/${name}`);

let known: boolean | undefined;

/** Loading it builds several hundred schemas, most of the cost of a first call: so it is loaded when it is needed. */
export function dataSchema(): DataSchema {
    return require('screwdriver-data-schema') as DataSchema;
}

/** Whether data-schema would be one that need not be loaded to know what it says. */
export function isKnown(): boolean {
    try {
        known ??= isProven() && isUntouched();
    } catch {
        // Bundled, say: there is no package to look at.
        known = false;
    }

    return known;
}

function isProven(): boolean {
    const { version } = require('screwdriver-data-schema/package.json') as { version: string };

    return PROVEN.includes(version);
}

/**
 * Whether the name leads to the package itself. Tests replace it by its name, in ways that show only when it is
 * required; so it is required, with a stand-in in its place in the cache that spares the load. One that is loaded
 * already may have been changed, and costs nothing any more.
 */
function isUntouched(): boolean {
    const file = require.resolve('screwdriver-data-schema');

    if (require.cache[file]) return false;
    const standIn = Object.assign(new Module(file), { loaded: true });

    require.cache[file] = standIn;
    try {
        return (dataSchema() as unknown) === standIn.exports;
    } finally {
        delete require.cache[file];
    }
}

/** The annotations that data-schema reserves for jobs, such as `screwdriver.cd/cpu`. */
export function reservedJobAnnotations(): string[] {
    return isKnown() ? RESERVED : (dataSchema().config?.annotations?.reservedJobAnnotations ?? []);
}
