'use strict';

const Docker = require('dockerode');
const { timeoutError } = require('./errors');

/**
 * Milliseconds that a call may take, unless `docker.timeout` says otherwise. Pulls and what makes or ends a container are
 * waited for: given up here, they would go on there.
 */
const ANSWER_TIMEOUT = 60_000;

/**
 * The patient one has no timeout, for what may take long; the milliseconds are the other one's, 0 for none.
 *
 * @typedef {{ docker: Docker, patient: Docker, timeout: number }} Clients
 */

/**
 * @param {Docker.DockerOptions} [options]
 * @returns {Clients}
 */
function clientsFor(options) {
    const timeout = Number(options?.timeout ?? ANSWER_TIMEOUT);

    return {
        docker: bounded(new Docker({ ...options, timeout }), timeout),
        patient: new Docker({ ...options, timeout: 0 }),
        timeout
    };
}

/**
 * Lets each call settle in time. Once the head of an answer is there, docker-modem waits for its end alone: neither its
 * own timeout nor a connection that is cut would reject the call.
 *
 * @param {Docker} docker
 * @param {number} timeout 0 for none
 */
function bounded(docker, timeout) {
    const { modem } = docker;
    const dial = modem.dial.bind(modem);

    if (!timeout) return docker;
    /** @type {typeof dial} */
    modem.dial = (options, callback) => {
        // A promise keeps to its first outcome, so the call that comes to its end after this changes nothing.
        const timer = setTimeout(() => callback?.(timeoutError(`no whole answer within ${timeout} ms`), null), timeout);

        dial(options, (error, answer) => {
            clearTimeout(timer);
            callback?.(error, answer);
        });
    };

    return docker;
}

module.exports = { clientsFor };
