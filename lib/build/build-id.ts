import type { BuildId } from '../config';

/**
 * The canonical text of a build's id: `7`, `'7'`, `'07'` and `'7.0'` are one build to validation, and give `'7'`. For
 * whatever is looked up or named by it: maps, labels, paths, names of containers.
 *
 * @throws TypeError if it is not a whole number above zero, or a string that holds one
 */
export function buildIdFrom(config: { buildId: BuildId }): string {
    const { buildId } = config;
    // As validation has them: decimal.
    const isText = typeof buildId === 'string' && /^\s*[\d.e+]+\s*$/i.test(buildId);
    const number = typeof buildId === 'number' || isText ? Number(buildId) : NaN;

    if (Number.isSafeInteger(number) && number > 0) return String(number);

    throw new TypeError('config.buildId must be the id of a build: a whole number above zero');
}
