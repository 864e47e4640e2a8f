'use strict';

const { randomUUID } = require('node:crypto');
const jwt = require('jsonwebtoken');
const { SCM_CONTEXT } = require('./records');

/** A JWT as the API makes it for an executor, with other claims where they are given. */
function temporalToken(privateKey, { buildId, jobId, eventId, pipelineId, ...claims }) {
    const payload = {
        username: buildId,
        scmContext: SCM_CONTEXT,
        scope: ['temporal'],
        isPR: false,
        jobId,
        eventId,
        pipelineId,
        exp: Math.floor(Date.now() / 1000) + 12 * 60 * 60,
        jti: randomUUID(),
        ...claims
    };

    return jwt.sign(payload, privateKey, { algorithm: 'RS256' });
}

/** A JWT of a user, who may abort builds. */
function userToken(privateKey, { username, scmContext }) {
    return jwt.sign({ username, scmContext, scope: ['user'] }, privateKey, { algorithm: 'RS256', expiresIn: '2h' });
}

/** The claims of a token that this key has signed; throws for any other. */
function verified(token, publicKey) {
    return jwt.verify(token, publicKey, { algorithms: ['RS256'] });
}

module.exports = { temporalToken, userToken, verified };
