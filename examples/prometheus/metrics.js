'use strict';

const { tracingChannel } = require('node:diagnostics_channel');
const { createServer } = require('node:http');
const { Counter, Gauge, Histogram } = require('prom-client');
const Executor = require('screwdriver-executor-base');

/** Each has a channel; the exchange runs inside a start. */
const CHANNELS = [...Executor.OPERATIONS, 'exchangeTokenForBuild'];

/**
 * Counts what every executor of this process does. Call it once, before the first operation.
 *
 * @param {import('prom-client').Registry} register
 */
function measure(register) {
    const operations = new Counter({
        name: 'screwdriver_executor_operations_total',
        help: 'Operations that have ended, by outcome: success or failure',
        labelNames: ['executor', 'operation', 'outcome'],
        registers: [register]
    });
    const errors = new Counter({
        name: 'screwdriver_executor_errors_total',
        help: 'Operations that have failed, by the kind of the error',
        labelNames: ['executor', 'operation', 'kind', 'retryable'],
        registers: [register]
    });
    const duration = new Histogram({
        name: 'screwdriver_executor_duration_seconds',
        help: 'Time from call to settlement',
        labelNames: ['executor', 'operation'],
        // A status takes milliseconds, a start on a busy engine a minute.
        buckets: [0.005, 0.02, 0.1, 0.5, 1, 2, 5, 10, 30, 60],
        registers: [register]
    });
    const inFlight = new Gauge({
        name: 'screwdriver_executor_in_flight',
        help: 'Operations that have begun and not ended',
        labelNames: ['executor', 'operation'],
        registers: [register]
    });

    for (const operation of CHANNELS) {
        const { start, asyncEnd } = tracingChannel(`screwdriver-executor.${operation}`);

        start.subscribe(({ executor }) => inFlight.inc({ executor, operation }));
        asyncEnd.subscribe(({ executor, outcome, duration: milliseconds, error }) => {
            inFlight.dec({ executor, operation });
            operations.inc({ executor, operation, outcome });
            duration.observe({ executor, operation }, milliseconds / 1000);
            if (error) errors.inc({ executor, operation, kind: error.kind, retryable: String(error.retryable) });
        });
    }
}

/** A server of the metrics, on `/metrics`; it does not listen yet. */
function metricsServer(register) {
    return createServer((request, response) => {
        if (request.url !== '/metrics') {
            response.writeHead(404).end();

            return;
        }
        register.metrics().then(
            text => response.writeHead(200, { 'content-type': register.contentType }).end(text),
            error => response.writeHead(500).end(error.message)
        );
    });
}

module.exports = { measure, metricsServer };
