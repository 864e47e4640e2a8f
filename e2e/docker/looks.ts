/**
 * Prints the requests per minute that the looks of an executor cost its engine, with 1 and with 500 running builds:
 *     node -r tsx/cjs e2e/docker/looks.ts
 */
import { setTimeout as wait } from 'node:timers/promises';
import DockerExecutor = require('../../examples/docker-executor/lib/executor');
import { json, startFakeEngine } from './fake-engine';

/** Milliseconds until the first look, which finds the builds, is over. */
const FIRST_LOOK = 20_000;
const MINUTE = 60_000;

const build = (id: number) => ({
    Id: `build-${id}`,
    Names: [`/sd-build-${id}`],
    Labels: { 'screwdriver.build': String(id) },
    State: 'running'
});
const state = { Running: true, Status: 'running', StartedAt: new Date().toISOString() };

async function count(builds: number) {
    const all = Array.from({ length: builds }, (_, at) => build(at + 1));
    const infos = all.map(({ Id, Names: [name] }) => [
        `GET /containers${name}/json`,
        json(200, { Id, State: state, Config: { Env: ['SD_BUILD_TIMEOUT=90'] } })
    ]);
    const engine = await startFakeEngine({ 'GET /containers/json': json(200, all), ...Object.fromEntries(infos) });
    const executor = new DockerExecutor({ jobTools: 'launch', docker: engine.docker });

    await wait(FIRST_LOOK);
    const first = engine.calls.length;

    await wait(MINUTE);
    console.log(
        `${builds} builds: ${first} requests until they are known, then ${engine.calls.length - first} a minute`
    );
    await executor.cleanUp();
    await engine.close();
}

void Promise.all([1, 500].map(count));
