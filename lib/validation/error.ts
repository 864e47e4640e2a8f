import { inspect } from 'node:util';
import { masking } from '../errors/mask';
import { read } from '../errors/read';
import type Joi = require('joi');

type Hide = (value: unknown) => unknown;

const EVERYTHING = {
    depth: Infinity,
    showHidden: true,
    customInspect: false,
    maxArrayLength: Infinity,
    maxStringLength: Infinity
};

/**
 * Removes from Joi's error, in place, whatever may be a token: the config and the values, and in texts and paths the
 * config's token and everything that looks like a JWT. Everything else stays exactly as Joi made it.
 */
export function withoutValues(error: Joi.ValidationError, config: unknown): Joi.ValidationError {
    const hide = hiding(tokenOf(config));

    delete (error as Partial<Joi.ValidationError>)._original;
    hideInDetails(error.details, hide);
    hideIn(error, ['message', 'stack'], hide);

    return error;
}

/** Alternatives have the details of each alternative in their context. A schema that replaces Joi's has no details. */
// Stryker disable next-line ArrayDeclaration: a detail that has no text has nothing to hide
function hideInDetails(details: Joi.ValidationErrorItem[] = [], hide: Hide): void {
    for (const detail of details) {
        const { context = {} } = detail;

        delete context.value;
        if (Array.isArray(context.details)) hideInDetails(context.details as Joi.ValidationErrorItem[], hide);
        hideIn(context, Object.keys(context), hide);
        hideIn(detail, ['message', 'path'], hide);
    }
}

function hideIn(holder: object, keys: string[], hide: Hide): void {
    const values = holder as Record<string, unknown>;

    for (const key of keys) values[key] = hide(values[key]);
}

/** Hides parts of a JWT as well. Hides any other token only as a whole: parts of it may be Joi's own words. */
function hiding(token: string): Hide {
    const hideText = masking(token, token.startsWith('eyJ') ? undefined : token.length);

    return function hide(value): unknown {
        if (typeof value === 'string') return hideText(value);
        const shown = inspect(value, EVERYTHING);

        if (hideText(shown) === shown) return value;

        return Array.isArray(value) ? value.map(hide) : '***';
    };
}

/** Empty if there is no token, or if it is too short to be a secret: it would match in ordinary words. */
function tokenOf(config: unknown): string {
    const token = read(config, 'token');

    return typeof token === 'string' && token.length >= 8 ? token : '';
}
