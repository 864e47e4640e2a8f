'use strict';

/** Asks the API. Resolves with the status and the parsed body. */
async function ask(api, method, path, { token, json } = {}) {
    const answer = await fetch(`${api.uri}/v4/${path}`, {
        method,
        headers: {
            ...(token && { authorization: `Bearer ${token}` }),
            ...(json && { 'content-type': 'application/json' })
        },
        ...(json && { body: JSON.stringify(json) })
    });
    const text = await answer.text();

    return { status: answer.status, body: text === '' ? undefined : JSON.parse(text) };
}

module.exports = { ask };
