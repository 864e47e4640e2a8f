import { types } from 'node:util';

/** Any value as plain JSON that shows its observable parts: types, own keys, errors. */
export function describe(value: any, depth = 5, seen: unknown[] = []): any {
    switch (typeof value) {
        case 'undefined':
            return '[undefined]';
        case 'bigint':
        case 'symbol':
            return `[${typeof value} ${String(value)}]`;
        case 'number':
            return Number.isFinite(value) ? value : `[number ${value}]`;
        case 'function':
            return `[function ${value.name}]`;
        case 'object':
            return value === null ? null : describeObject(value, depth, seen);
        default:
            return value;
    }
}

function describeObject(value: any, depth: number, seen: unknown[]): unknown {
    if (seen.includes(value)) return '[circular]';
    if (depth === 0) return '[deeper]';
    const next = (part: unknown) => describe(part, depth - 1, [...seen, value]);

    if (types.isNativeError(value)) return describeError(value, next);
    if (types.isPromise(value)) return '[promise]';
    if (types.isDate(value)) return '[date]';
    if (Buffer.isBuffer(value)) return `[buffer ${value.toString()}]`;
    if (Array.isArray(value)) return value.map(next);
    if (value.pipe && value.on) return '[stream]';
    const name = Object.getPrototypeOf(value)?.constructor?.name ?? 'null';
    const entries = Object.keys(value).map(key => [key, next(read(value, key))]);

    return { ...(name !== 'Object' && { '[class]': name }), ...Object.fromEntries(entries) };
}

function read(object: any, key: string): unknown {
    try {
        return object[key];
    } catch {
        return '[throws]';
    }
}

/** An error by its name, message and other properties. Its stack always differs. */
function describeError(error: any, next: (part: unknown) => unknown) {
    const own = Object.keys(error)
        .filter(key => key !== 'stack')
        .map(key => [key, next(error[key])]);

    return {
        '[error]': error.name,
        class: error.constructor.name,
        message: error.message,
        ...(error.isJoi && { isJoi: true }),
        ...(error.cause !== undefined && { cause: next(error.cause) }),
        own: Object.fromEntries(own)
    };
}
