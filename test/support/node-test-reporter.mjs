import { inspect } from 'node:util';

/** For `node --test`: a line per suite and test, failures in full, and at the end `N passed, N failed`. */
export default async function* report(events) {
    let passed = 0;
    let failed = 0;

    for await (const { type, data } of events) {
        if (type === 'test:stdout' || type === 'test:stderr') yield data.message;
        if (type === 'test:start' && data.nesting === 0) yield `${data.name}\n`;
        // A suite is as good as its tests, unless it fails by itself: in a hook.
        const { details, name } = data;
        const inner = details?.type === 'suite' && details.error?.failureType !== 'hookFailed';

        if (type === 'test:pass' && !inner) {
            passed += 1;
            yield `  passed: ${name} (${Math.round(details.duration_ms)} ms)\n`;
        }
        if (type === 'test:fail' && !inner) {
            failed += 1;
            yield `  FAILED: ${name}\n${inspect(details.error?.cause ?? details.error)}\n`;
        }
    }
    yield `${passed} passed, ${failed} failed\n`;
}
