import type { KeyObject } from 'node:crypto';
import type { Pipeline, Records } from './records';
import type { Report } from './report';
import type { ScrewdriverApi } from './screwdriver-api';

/** What the checks work with. */
export interface Given {
    report: Report;
    api: ScrewdriverApi;
    records: Records;
    pipeline: Pipeline;
    /** The folder that the steps of builds write to. */
    folder: string;
    /** The process executor's folder of builds. */
    builds: string;
    jobTools: string;
    /** A key other than the API's own. */
    otherKey: KeyObject;
    /** Requests that the API takes per token and five minutes. */
    rateLimit: number;
}
