import { tracingChannel } from 'node:diagnostics_channel';
import { createServer, type Server } from 'node:http';
import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import Executor, { type OperationMessage } from 'screwdriver-executor-base';

/** The operations with a channel. The exchange runs inside a start. */
const CHANNELS = [...Executor.OPERATIONS, 'exchangeTokenForBuild'];

/** Counts the operations of every executor in this process. Call it once, before the first operation. */
export function measure(register: Registry): void {
    const operations = new Counter({
        name: 'screwdriver_executor_operations_total',
        help: 'Operations that have ended, by outcome: success or failure, and what a success comes to',
        labelNames: ['executor', 'operation', 'outcome', 'result'],
        registers: [register]
    });
    const errors = new Counter({
        name: 'screwdriver_executor_errors_total',
        help: 'Operations that have failed, by the kind of the error',
        labelNames: ['executor', 'operation', 'kind', 'retryable'],
        registers: [register]
    });
    const attempts = new Counter({
        name: 'screwdriver_executor_attempts_total',
        help: 'Requests that token exchanges have made',
        labelNames: ['executor', 'operation'],
        registers: [register]
    });
    const waits = new Counter({
        name: 'screwdriver_executor_waits_seconds_total',
        help: 'Time that calls have waited for their turn, and exchanges between their requests',
        labelNames: ['executor', 'operation'],
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
        const channel = tracingChannel<unknown, OperationMessage>(`screwdriver-executor.${operation}`);

        channel.start.subscribe(message => {
            inFlight.inc({ executor: (message as OperationMessage).executor, operation });
        });
        channel.asyncEnd.subscribe(message => {
            const told = message as OperationMessage;
            const labels = { executor: told.executor, operation };

            inFlight.dec(labels);
            operations.inc({ ...labels, outcome: told.outcome!, result: told.result ?? '' });
            duration.observe(labels, told.duration! / 1000);
            attempts.inc(labels, told.attempts ?? 0);
            waits.inc(labels, (told.waited ?? 0) / 1000);
            if (told.error) {
                errors.inc({ ...labels, kind: told.error.kind, retryable: String(told.error.retryable) });
            }
        });
    }
}

/** A server for `/metrics`. The caller makes it listen. */
export function metricsServer(register: Registry): Server {
    return createServer((request, response) => {
        if (request.url !== '/metrics') {
            response.writeHead(404).end();

            return;
        }
        register.metrics().then(
            text => response.writeHead(200, { 'content-type': register.contentType }).end(text),
            (error: Error) => response.writeHead(500).end(error.message)
        );
    });
}
