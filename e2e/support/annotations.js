'use strict';

/** `{ cpu: 2 }` as it stands in a config: `{ 'screwdriver.cd/cpu': 2 }`. */
function annotations(short) {
    return Object.fromEntries(Object.entries(short).map(([key, value]) => [`screwdriver.cd/${key}`, value]));
}

module.exports = { annotations };
