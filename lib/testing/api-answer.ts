import { STATUS_CODES } from 'node:http';

/** What the API answers, before it is put into HTTP. */
export interface Answer {
    status: number;
    body: unknown;
}

/** An answer with one of the API's errors: `{ statusCode, error, message }`. Without a text, the message says the same. */
export function errorAnswer(status: number, message?: string): Answer {
    const error = STATUS_CODES[status] ?? 'Unknown';

    return { status, body: { statusCode: status, error, message: message ?? error } };
}

export const SERVER_ERROR = errorAnswer(500, 'An internal server error occurred');
