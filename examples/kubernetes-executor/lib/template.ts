import models = require('@kubernetes/client-node');
import { isObject } from './merge';

/** A type of the client: the members of its objects, and their types by name. */
interface Model {
    getAttributeTypeMap(): { baseName: string; type: string }[];
}

/** What identifies a pod, which only the executor may set. */
const IDENTITY = ['name', 'generateName', 'namespace', 'uid', 'ownerReferences'];
/** The labels and annotations by which executors find their builds. */
const OURS = /^screwdriver\.cd\//;

/**
 * The errors in a template, each with its path. The client ignores what it does not know, so that a misspelled member
 * would have no effect.
 */
export function faultsIn(template: unknown): string[] {
    return [...identityIn(template), ...check(template, 'V1Pod', 'podTemplate')];
}

function identityIn(template: unknown): string[] {
    const metadata = isObject(template) && isObject(template.metadata) ? template.metadata : {};
    const named = IDENTITY.filter(name => name in metadata).map(name => `metadata.${name}`);
    const marked = ['labels', 'annotations'].flatMap(of =>
        Object.keys(Object(metadata[of]) as object)
            .filter(name => OURS.test(name))
            .map(name => `metadata.${of}["${name}"]`)
    );

    return [...named, ...marked].map(
        path => `"podTemplate.${path}" is the executor's own, which finds its builds by it`
    );
}

/** @param type as the client writes it */
function check(value: unknown, type: string, path: string): string[] {
    const [, item] = /^Array<(.+)>$/.exec(type) ?? [];
    const [, member] = /^\{ \[key: string\]: (.+); \}$/.exec(type) ?? [];
    const model = (models as unknown as Record<string, Model | undefined>)[type];

    // It removes the member.
    if (value === null || value === undefined) return [];
    if (item) {
        if (!Array.isArray(value)) return [`"${path}" must be a list`];

        return value.flatMap((one, at) => check(one, item, `${path}[${at}]`));
    }
    if (member || model) {
        if (!isObject(value)) return [`"${path}" must be an object`];

        return [
            ...missing(value, type, path),
            ...Object.entries(value).flatMap(([name, one]) => {
                const of = member ?? model?.getAttributeTypeMap().find(({ baseName }) => baseName === name)?.type;

                return of ? check(one, of, `${path}.${name}`) : [`"${path}.${name}" is not known: no pod has it`];
            })
        ];
    }

    return isOfType(value, type) ? [] : [`"${path}" must be a ${type}`];
}

/** Items of these lists are found by their name. */
function missing(value: Record<string, unknown>, type: string, path: string) {
    const isNamed = ['V1Container', 'V1Volume', 'V1EnvVar'].includes(type);

    return isNamed && !value.name ? [`"${path}.name" is required`] : [];
}

function isOfType(value: unknown, type: string) {
    // Quantities are texts but may be written as numbers.
    if (type === 'string') return ['string', 'number'].includes(typeof value);

    return !['number', 'boolean'].includes(type) || typeof value === type;
}
