import type Joi = require('joi');
import Executor = require('../executor');
import type { ConformanceOptions } from './options';

/** Each group asks, mostly for the same options. */
const valid = new WeakSet<object>();

/**
 * Throws a TypeError that names each wrong option and what is expected. Otherwise a misspelt name would silently drop
 * its checks.
 */
export function requireValid(options: unknown): asserts options is ConformanceOptions {
    if (valid.has(options as object)) return;
    const schema = schemaOf(require('joi') as typeof Joi);
    const { error } = schema.validate(options, { convert: false, abortEarly: false });

    if (error) {
        const flaws = error.details.map(({ message }) => message);

        throw new TypeError(`The conformance kit cannot run: ${flaws.join('; ')}`);
    }
    valid.add(options as object);
}

function schemaOf(joi: typeof Joi): Joi.ObjectSchema {
    const given = joi.function();
    const needed = given.required().messages({
        'any.required': "{{#label}} is missing: pass your runner's describe and it, and a factory for your executor"
    });
    const milliseconds = joi
        .number()
        .positive()
        .messages({ '*': '{{#label}} must be a number of milliseconds above zero' });
    const engine = joi.alternatives('none', given).messages({ '*': '{{#label}} must be of type function, or "none"' });
    // The type makes the compiler report an option that is missing here.
    const options: Record<keyof ConformanceOptions, Joi.Schema> = {
        describe: needed,
        it: needed,
        factory: needed,
        second: given,
        engineDown: engine,
        engineSlow: engine,
        observe: closed(joi, { running: given, args: given, logs: given }),
        config: joi.object(),
        duplicateStart: joi.valid('joins', 'rejects'),
        complete: joi.boolean(),
        annotations: joi
            .object()
            .pattern(
                joi.string().custom(knownAnnotation),
                joi
                    .alternatives('ignored', joi.object({ value: joi.any(), honoured: given.required() }))
                    .messages({ '*': '{{#label}} must be "ignored" or an object of value and honoured' })
            )
            .messages({ 'object.unknown': '{{#label}} is not the short name of a Screwdriver annotation' }),
        startTimeout: milliseconds,
        callTimeout: milliseconds,
        gracePeriod: joi.number().min(0).messages({ '*': '{{#label}} must be a number of milliseconds, zero or more' })
    };

    return closed(joi, options).required().label('options');
}

/** Throws for an unknown name, so that it does not match the pattern. */
function knownAnnotation(name: string): string {
    if (Object.keys(Executor.prototype.parseAnnotations({ [`screwdriver.cd/${name}`]: true })).length === 1)
        return name;
    throw new Error('unknown');
}

/** An object with only these keys. The message for any other key lists them. */
function closed(joi: typeof Joi, keys: Record<string, Joi.Schema>): Joi.ObjectSchema {
    return joi
        .object(keys)
        .messages({ 'object.unknown': `{{#label}} is not an option; the options are ${Object.keys(keys).join(', ')}` });
}
