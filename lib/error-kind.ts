import type { ErrorKind } from './errors';

/** What a log or a metric needs of an error, and no more: a message may hold a secret. */
export interface ErrorSummary {
    name: string;
    kind: ErrorKind;
    retryable: boolean;
    code?: string;
    statusCode?: number;
}

export function kindOf(_error: unknown): ErrorKind {
    return 'internal';
}

export function isRetryable(_error: unknown): boolean {
    return false;
}

export function summaryOf(error: unknown): ErrorSummary {
    return { name: 'Error', kind: kindOf(error), retryable: isRetryable(error) };
}
