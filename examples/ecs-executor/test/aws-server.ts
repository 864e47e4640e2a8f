import { once } from 'node:events';
import http = require('node:http');
import type { AddressInfo } from 'node:net';
import { answerTo, AwsError } from './aws-answers';
import { AwsState } from './aws-state';
import type { IncomingMessage, ServerResponse } from 'node:http';

/**
 * What happens to a request instead of an answer. AWS carries out `lost` and `unheard`, but their connection breaks, or they
 * are never answered.
 */
export type Fault = 'silence' | 'reset' | 'lost' | 'unheard' | AwsError;

/** The usual throttle. https://docs.aws.amazon.com/AmazonECS/latest/APIReference/request-throttling.html */
export const THROTTLED = new AwsError('ThrottlingException', 'Rate exceeded');
/** Throttles inside another exception. The second text belongs to RegisterTaskDefinition. */
export const THROTTLED_IN_TEXT = new AwsError('ClientException', 'Rate exceeded');
export const TOO_MANY_REVISIONS = new AwsError(
    'ClientException',
    'Too many concurrent attempts to create a new revision of the specified family.'
);

/** As much of ECS and SSM as the executor uses. AWS JSON 1.1: the operation is a header, and refusals have the status 400. */
export async function startAws() {
    const state = new AwsState();
    const faults: { operation: string; fault: Fault }[] = [];
    const requests: { operation: string; body: string }[] = [];
    const server = http.createServer((request, response) => {
        respond(request, response).catch(() => response.destroy());
    });

    async function respond(request: IncomingMessage, response: ServerResponse) {
        const operation = String(request.headers['x-amz-target']).replace(/^.*\./, '');
        const chunks: Buffer[] = [];

        for await (const chunk of request) chunks.push(chunk as Buffer);
        const body = Buffer.concat(chunks).toString();
        const at = faults.findIndex(one => one.operation === operation);
        const [{ fault } = {}] = at < 0 ? [] : faults.splice(at, 1);

        requests.push({ operation, body });
        if (fault === 'silence') return;
        if (fault === 'reset') return void request.socket.resetAndDestroy();
        const { status, answer } = fault instanceof AwsError ? fault.asAnswer() : tried(operation, body);

        if (fault === 'unheard') return;
        if (fault === 'lost') return void request.socket.resetAndDestroy();
        response.writeHead(status, { 'content-type': 'application/x-amz-json-1.1' }).end(JSON.stringify(answer));
    }

    function tried(operation: string, body: string) {
        try {
            return { status: 200, answer: answerTo(state, operation, JSON.parse(body)) };
        } catch (error) {
            if (error instanceof AwsError) return error.asAnswer();
            throw error;
        }
    }

    await once(server.listen(0, '127.0.0.1'), 'listening');

    return {
        state,
        /** All requests so far, by AWS's names of the operations. */
        requests,
        /** Options of the SDK's clients that lead here. */
        client: clientFor((server.address() as AddressInfo).port),
        count: (operation: string) => requests.filter(one => one.operation === operation).length,
        /** Each of these faults hits one of the next requests of an operation. */
        failNext(operation: string, ...next: Fault[]) {
            faults.push(...next.map(fault => ({ operation, fault })));
        },
        async close() {
            state.close();
            server.close();
            server.closeAllConnections();
            await once(server, 'close');
        }
    };
}

export function clientFor(port: number) {
    return {
        region: 'eu-central-1',
        endpoint: `http://127.0.0.1:${port}`,
        credentials: { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'none' }
    };
}
