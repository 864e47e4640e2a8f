import { dataSchema, isProvenSchema } from './data-schema';
import { isPlainlyValid } from './plainly-valid';
import { withoutValues } from './error';
import { isPlainUri } from './plain-uri';
import { TOKEN } from './token';
import type Joi = require('joi');

/** The operations whose config is validated. */
export type ValidatedOperation = 'start' | 'stop' | 'verify' | 'status';

/** The schemas, by what they validate. */
type Schemas = Record<ValidatedOperation | 'exchange' | 'exchangeOptions', Joi.Schema>;

let schemas: Schemas | undefined;

function load(): Schemas {
    const joi = require('joi') as typeof Joi;

    return { ...dataSchema().plugins.executor, ...exchangeSchemas(joi) };
}

function exchangeSchemas(joi: typeof Joi): Pick<Schemas, 'exchange' | 'exchangeOptions'> {
    // Node's timers fire at once for delays above 2 ** 31 - 1.
    const milliseconds = joi
        .number()
        .strict()
        .integer()
        .positive()
        .max(2 ** 31 - 1);

    return {
        exchange: joi
            .object({
                token: joi.string().pattern(TOKEN).required().messages({
                    'string.pattern.base': '{{#label}} must be a JWT: printable ASCII without spaces or line breaks'
                }),
                apiUri: joi
                    .string()
                    // Also in capitals, as the schema of start accepts it.
                    .uri({ scheme: /[Hh][Tt][Tt][Pp][Ss]?/ })
                    .custom((value: string, { error }) => (isPlainUri(value) ? value : error('any.invalid')))
                    .required()
                    .messages({
                        'string.uriCustomScheme':
                            '{{#label}} must be a valid uri with a scheme matching the http|https pattern',
                        'any.invalid': '{{#label}} must be a URI without credentials, query or fragment'
                    }),
                buildId: joi.number().integer().positive().required()
            })
            .unknown()
            .required()
            .label('config'),
        exchangeOptions: joi
            .object({
                attempts: joi.number().strict().integer().positive(),
                tryTimeout: milliseconds,
                deadline: milliseconds,
                bufferMinutes: joi.number().strict().min(0),
                signal: joi.object().instance(AbortSignal),
                agent: joi.object(),
                ca: joi.alternatives(joi.string(), joi.binary(), joi.array().items(joi.string(), joi.binary())),
                unlessRunning: joi.boolean().strict()
            })
            .label('options')
    };
}

/**
 * Throws Joi's ValidationError if the config is invalid. Name, message, `isJoi`, paths and types are Joi's. The values
 * are removed, since one of them may be a token, and tokens in its texts are masked.
 */
export function validate(name: keyof Schemas, config: unknown): void {
    if (isProvenSchema() && isPlainlyValid(name, config)) return;
    schemas ??= load();
    const { error } = schemas[name].validate(config);

    if (error) throw withoutValues(error, config);
}
