'use strict';

const url = ({ apiUri, buildId }) => `${apiUri}/v4/builds/${buildId}/token`;
const bearer = ({ token }) => ({ authorization: `Bearer ${token}` });

/**
 * Each loads a client and returns the function that exchanges the token of a config. Only one is loaded per process.
 */
module.exports = {
    'this package': () => {
        const Executor = require('../..');
        const executor = new Executor();

        return config => executor.exchangeTokenForBuild(config, 90);
    },
    'screwdriver-executor-base 6.1.5': () => {
        const Executor = require('screwdriver-executor-base-6');
        const executor = new Executor();

        return config => executor.exchangeTokenForBuild(config, 90);
    },
    'node:http': () => {
        const http = require('node:http');
        let https;

        return config =>
            new Promise((resolve, reject) => {
                const body = JSON.stringify({ buildTimeout: 120 });
                const headers = {
                    ...bearer(config),
                    'content-type': 'application/json',
                    'content-length': body.length
                };
                const client = config.apiUri.startsWith('https:') ? (https ??= require('node:https')) : http;
                const request = client.request(url(config), { method: 'POST', headers }, answer => {
                    let text = '';

                    answer.setEncoding('utf8');
                    answer.on('data', chunk => {
                        text += chunk;
                    });
                    answer.on('end', () => resolve(JSON.parse(text).token));
                });

                request.on('error', reject).end(body);
            });
    },
    'undici 7': () => {
        const { request } = require('undici');

        return async config => {
            const answer = await request(url(config), {
                method: 'POST',
                headers: { ...bearer(config), 'content-type': 'application/json' },
                body: JSON.stringify({ buildTimeout: 120 })
            });

            return (await answer.body.json()).token;
        };
    }
};
