'use strict';

/** @param {string} text */
function sentence(text) {
    return text.trim().replace(/[^.!?]$/, '$&.');
}

module.exports = { sentence };
