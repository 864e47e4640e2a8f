import { join } from 'node:path';

/** What Node is given to run test files that `npm test` leaves out: a line per suite, and at the end `N passed, N failed`. */
export function mocha(timeout: number, ...files: string[]): string[] {
    return [
        require.resolve('mocha/bin/mocha.js'),
        '--no-config',
        `--require=${require.resolve('tsx/cjs')}`,
        `--reporter=${join(__dirname, 'summary-reporter.ts')}`,
        `--timeout=${timeout}`,
        ...files
    ];
}
