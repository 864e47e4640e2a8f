'use strict';

const { setTimeout: wait } = require('node:timers/promises');

/** Like the real tools: six tries of 20 s. */
const TRY = 20_000;
const TRIES = 6;

/** Requests an address with a token. Resolves with the body of a good answer, or rejects if no try got one. */
function client(uri, token) {
    return async (method, path, body) => {
        for (let tries = 1; ; tries += 1) {
            try {
                const answer = await fetch(`${uri}${path}`, {
                    method,
                    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
                    body: typeof body === 'object' ? JSON.stringify(body) : body,
                    signal: AbortSignal.timeout(TRY)
                });
                const text = await answer.text();

                if (answer.ok) return text;
                throw Object.assign(new Error(`${method} ${path}: ${answer.status}`), {
                    isFinal: answer.status < 500 && answer.status !== 429
                });
            } catch (error) {
                // What is wrong with a connection.
                const { cause } = error;

                if (cause) error.message = `${method} ${path}: ${cause.message}`;
                if (error.isFinal || tries === TRIES) throw error;
                console.log(`${error.message}, trying again`);
                await wait(200);
            }
        }
    };
}

/** `--name value`, `--name=value` and `-name value`, and what remains. */
function parse(words, { booleans = [] } = {}) {
    const flags = {};
    const rest = [];

    for (let at = 0; at < words.length; at += 1) {
        const [, name, , value] = /^--?([a-z0-9-]+)(=([^]*))?$/.exec(words[at]) ?? [];

        if (name === undefined) rest.push(words[at]);
        else if (value !== undefined) flags[name] = value;
        else flags[name] = booleans.includes(name) ? 'true' : words[(at += 1)];
    }

    return { flags, rest };
}

module.exports = { client, parse };
