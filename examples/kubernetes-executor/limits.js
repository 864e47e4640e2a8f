'use strict';

/** What the words of the `cpu` annotation stand for: cores. */
const CPU = { MICRO: 0.5, LOW: 2, HIGH: 6, TURBO: 12 };
/** What the words of the `ram` annotation stand for: GB. */
const RAM = { MICRO: 1, LOW: 2, HIGH: 12, TURBO: 16 };
/** The least cores and GB that a build gets: engines refuse less, or take what they round to 0 for no limit. */
const LEAST = 0.01;
/** The most seconds that a build may ask for to end: it keeps its room on the cluster for so long. */
const MOST_GRACE_SECONDS = 3600;

/**
 * Cores and GB from a job's annotations: one of the words, or a number from LEAST to the largest of them; LOW otherwise.
 *
 * @param {{ cpu?: unknown, ram?: unknown }} annotations
 */
function limitsFrom({ cpu, ram }) {
    return { cores: amount(cpu, CPU), gigabytes: amount(ram, RAM) };
}

/**
 * @param {unknown} asked
 * @param {Record<string, number> & { LOW: number, TURBO: number }} words
 * @returns {number}
 */
function amount(asked, words) {
    const number = Number(asked);

    if (number > 0) return Math.min(Math.max(number, LEAST), words.TURBO);

    return words[String(asked).toUpperCase()] ?? words.LOW;
}

/**
 * Whole seconds that a build has after TERM: what its annotation asks for, where that is more than the least.
 *
 * @param {{ terminationGracePeriodSeconds?: unknown }} annotations
 * @param {number} least
 */
function graceFrom({ terminationGracePeriodSeconds: asked }, least) {
    const seconds = Number(asked);

    return Math.ceil(Math.max(seconds > 0 ? Math.min(seconds, MOST_GRACE_SECONDS) : 0, least));
}

module.exports = { graceFrom, limitsFrom };
