import { STATUS_CODES } from 'node:http';

/** What the API answers, before it is put into HTTP. */
export interface Answer {
    status: number;
    body: unknown;
}

/** The API has its own names for some statuses. */
const NAMES = { ...STATUS_CODES, 408: 'Request Time-out', 413: 'Request Entity Too Large', 504: 'Gateway Time-out' };

/** An answer with one of the API's errors: `{ statusCode, error, message }`. `message` defaults to the error's name. */
export function errorAnswer(status: number, message?: string): Answer {
    const error = (NAMES as typeof STATUS_CODES)[status] ?? 'Unknown';

    return { status, body: { statusCode: status, error, message: message ?? error } };
}

export const SERVER_ERROR = errorAnswer(500, 'An internal server error occurred');
