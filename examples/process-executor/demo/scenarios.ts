import type { Step } from './job-tools';

/** A build to show, and how it must end. */
export interface Scenario {
    title: string;
    builds: number;
    steps: Step[];
    /** Minutes, instead of those of the recorded config. */
    timeout?: number;
    status: 'SUCCESS' | 'FAILURE';
    statusMessage?: string;
}

const checkout: Step = { name: 'checkout', command: "echo 'console.log(6 * 7)' > answer.js; ls -l answer.js" };

export const SUCCEED: Scenario = {
    title: 'a build that succeeds',
    builds: 1,
    steps: [
        checkout,
        { name: 'install', command: 'echo "node $(node --version) in $PWD"; sleep 0.5' },
        { name: 'test', command: 'node answer.js | grep 42' }
    ],
    status: 'SUCCESS'
};

export const FAIL: Scenario = {
    title: 'a build that fails in its second step',
    builds: 1,
    steps: [
        checkout,
        { name: 'test', command: 'echo "expected 43"; node answer.js | grep 43' },
        { name: 'publish', command: 'echo this is not reached' }
    ],
    status: 'FAILURE',
    statusMessage: 'Step test ended with exit code 1'
};

export const HANG: Scenario = {
    title: 'a build that hangs until its timeout of 3 seconds',
    builds: 1,
    steps: [checkout, { name: 'test', command: 'echo "waiting in $PWD for what never comes"; sleep 3600' }],
    timeout: 0.05,
    status: 'FAILURE',
    statusMessage: 'The build took longer than its timeout of 0.05 minutes'
};

export const PARALLEL: Scenario = {
    title: 'twenty builds in parallel',
    builds: 20,
    steps: [{ name: 'test', command: 'test ! -e mine; pwd > mine; sleep 1; test "$(cat mine)" = "$(pwd)"; pwd' }],
    status: 'SUCCESS'
};
