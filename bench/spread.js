'use strict';

function median(values) {
    const sorted = [...values].sort((a, b) => a - b);

    return sorted[sorted.length >> 1];
}

const digits = value => value.toFixed(value < 10 ? 2 : 0);

/** `1.25 (1.20–1.31)`: median, least and most. */
function spread(values) {
    return `${digits(median(values))} (${digits(Math.min(...values))}–${digits(Math.max(...values))})`;
}

/** Ours by theirs, round by round: what the machine did meanwhile met both. */
function ratios(ours, theirs) {
    return ours.map((value, round) => value / theirs[round]);
}

module.exports = { digits, median, ratios, spread };
