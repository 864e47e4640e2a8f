import type { BuildId } from '../config';

/**
 * The canonical form of a build's id. Validation accepts `7`, `'7'`, `'07'` and `'7.0'` as the same build, and all
 * become `'7'`. Use it for every key and name: maps, labels, paths, names of containers.
 *
 * @throws TypeError if it is not a whole number above zero or a string of one
 */
export function buildIdFrom(config: { buildId: BuildId }): string {
    const { buildId } = config;
    // Decimal, as in validation.
    const isText = typeof buildId === 'string' && /^\s*[\d.e+]+\s*$/i.test(buildId);
    const number = typeof buildId === 'number' || isText ? Number(buildId) : NaN;

    if (Number.isSafeInteger(number) && number > 0) return String(number);

    throw new TypeError('config.buildId must be the id of a build: a whole number above zero');
}
