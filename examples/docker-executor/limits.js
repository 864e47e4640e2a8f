'use strict';

/** What the words of the `cpu` annotation stand for: cores. */
const CPU = { MICRO: 0.5, LOW: 2, HIGH: 6, TURBO: 12 };
/** What the words of the `ram` annotation stand for: GB. */
const RAM = { MICRO: 1, LOW: 2, HIGH: 12, TURBO: 16 };

/**
 * Cores and GB from a job's annotations: one of the words, or a number up to the largest of them; LOW otherwise.
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

    return number > 0 ? Math.min(number, words.TURBO) : (words[String(asked).toUpperCase()] ?? words.LOW);
}

/**
 * Seconds that a build has after TERM: from its annotation, where that makes sense.
 *
 * @param {{ terminationGracePeriodSeconds?: unknown }} annotations
 * @param {number} fallback
 */
function graceFrom({ terminationGracePeriodSeconds: asked }, fallback) {
    const seconds = Math.ceil(Number(asked));

    return seconds > 0 ? seconds : fallback;
}

module.exports = { graceFrom, limitsFrom };
