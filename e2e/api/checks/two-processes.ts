import assert = require('node:assert/strict');
import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import fs = require('node:fs');
import http = require('node:http');
import path = require('node:path');
import { createInterface } from 'node:readline';
import { ROOT } from '../../../test/support/child';
import { temporalToken } from '../lib/tokens';
import { until } from '../../support/until';
import type { AddressInfo } from 'node:net';
import type { Readable } from 'node:stream';
import type { Given } from '../lib/given';

/** An executor in a separate process that starts a build, as the API would. */
class Starter {
    readonly #lines: string[] = [];
    readonly #child: ChildProcessByStdio<null, Readable, null>;

    constructor(options: object, config: object) {
        const driver = path.join(ROOT, 'examples/process-executor/test/driver.js');

        this.#child = spawn(process.execPath, [driver, JSON.stringify({ options, config })], {
            stdio: ['ignore', 'pipe', 'inherit']
        });
        createInterface(this.#child.stdout).on('line', line => this.#lines.push(line));
    }

    /** How its start ended. */
    outcome(): Promise<string> {
        return until('a start has ended', () => this.#lines[1]);
    }

    kill(signal: NodeJS.Signals): void {
        this.#child.kill(signal);
    }

    async end(): Promise<void> {
        if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
        this.#child.kill('SIGKILL');
        await once(this.#child, 'exit');
    }
}

/** Builds that two executors on one machine start. The API stops them through a third executor, its own. */
export async function checkTwoProcesses({ report, api, records, folder, builds, jobTools }: Given): Promise<void> {
    const pipeline = await records.pipeline({ begin: {} });
    const options = { workspaceRoot: builds, jobTools, gracePeriod: 2_000 };
    const starters: Starter[] = [];

    /** A build that counts how often it begins, and runs until it may end. */
    async function build(name: string) {
        const at = (file: string) => path.join(folder, `${name}.${file}`);
        const jobId = pipeline.jobIds.begin;
        const eventId = await records.event(pipeline, [['~commit', 'begin']]);
        const steps = { count: `echo begun >> ${at('begun')}; while [ ! -e ${at('end')} ]; do sleep 0.1; done` };
        const buildId = await records.build({ jobId, eventId, status: 'QUEUED', steps });
        const token = temporalToken(api.privateKey, { buildId, jobId, eventId, pipelineId: pipeline.id });
        const now = async () => (await records.builds(eventId)).find(({ id }) => id === buildId)!;
        const statuses = new Set<string>();
        const is = (wanted: string) =>
            until(`build ${buildId} is ${wanted}`, async () => {
                const { status } = await now();

                statuses.add(status);

                return status === wanted;
            });

        return {
            runs: () => is('RUNNING'),
            /** The build ends in SUCCESS, without another status before, and its steps run once. */
            async succeeds() {
                fs.writeFileSync(at('end'), '');
                await is('SUCCESS');
                assert.ok(!statuses.has('FAILURE'));
                assert.equal(fs.readFileSync(at('begun'), 'utf8'), 'begun\n');
                await until('its folder is gone', () =>
                    fs.readdirSync(builds).every(name => name === `${buildId}.log` || parseInt(name) !== buildId)
                );
            },
            start(overrides?: object) {
                const config = {
                    buildId,
                    jobId,
                    pipelineId: pipeline.id,
                    container: 'node:22',
                    token,
                    apiUri: api.uri
                };
                const starter = new Starter(options, { ...config, ...overrides });

                starters.push(starter);

                return starter;
            }
        };
    }

    async function check(title: string, work: () => Promise<void>): Promise<void> {
        await report.check(title, work);
        for (const starter of starters.splice(0)) await starter.end();
    }

    await check('at the same time: both starts resolve, one launcher runs, and the build ends in SUCCESS', async () => {
        const { start, succeeds } = await build('both');
        const outcomes = [start(), start()].map(starter => starter.outcome());

        assert.deepEqual(await Promise.all(outcomes), ['resolved undefined', 'resolved undefined']);
        await succeeds();
    });

    await check('the first stopped by SIGSTOP: the second resolves, the first continues, SUCCESS', async () => {
        const { start, runs, succeeds } = await build('stopped');
        const first = start();

        await runs();
        first.kill('SIGSTOP');
        assert.equal(await start().outcome(), 'resolved undefined');
        first.kill('SIGCONT');
        assert.equal(await first.outcome(), 'resolved undefined');
        await succeeds();
    });

    await check('the first killed while it waits for its token: the second brings the build up, SUCCESS', async () => {
        const { start, succeeds } = await build('killed');
        // Accepts requests and never answers.
        const silent = http.createServer().listen(0, '127.0.0.1');

        await once(silent, 'listening');
        try {
            const asked = once(silent, 'request');
            const first = start({ apiUri: `http://127.0.0.1:${(silent.address() as AddressInfo).port}` });

            await asked;
            await first.end();
            assert.equal(await start().outcome(), 'resolved undefined');
            await succeeds();
        } finally {
            silent.closeAllConnections();
            silent.close();
        }
    });
}
