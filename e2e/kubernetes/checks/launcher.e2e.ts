import assert = require('node:assert/strict');
import { after, afterEach, before, describe, it } from 'mocha';
import { images } from '../../images';
import { bootRealApi } from '../../support/real-api';
import { startStore } from '../../support/store';
import { until } from '../../support/until';
import { core, listing, namespace, needsThisHost, pod, podTemplate, type Listing } from '../cluster';
import { HERE } from '../one-build';

const SMALL = { 'screwdriver.cd/cpu': 0.1, 'screwdriver.cd/ram': 0.25 };
const TEARDOWN = { 'teardown-last': 'echo torn down' };
/** A build's user is seldom root, and its root may be read-only. */
const RESTRICTED = {
    securityContext: { runAsUser: 1000, runAsGroup: 1000 },
    containers: [
        {
            name: 'build',
            securityContext: { readOnlyRootFilesystem: true, allowPrivilegeEscalation: false },
            volumeMounts: [{ name: 'tmp', mountPath: '/tmp' }]
        }
    ],
    volumes: [{ name: 'tmp', emptyDir: {} }]
};

type Real = Awaited<ReturnType<typeof bootRealApi>>;
type Begin = (job: { annotations?: object; steps: Record<string, string> }) => ReturnType<Real['begin']>;

describe('the official job tools in a pod, on the real Screwdriver API', () => {
    let found: Listing;
    let store: Awaited<ReturnType<typeof startStore>>;

    before(async function () {
        needsThisHost(this);
        found = await listing();
        store = await startStore();
    });

    after(() => store?.close());

    /** Gives the checks of a suite an API whose builds run in pods with this spec. */
    function withApi(spec: object, checks: (begin: Begin) => void) {
        let real: Real;
        let build: Awaited<ReturnType<Begin>>;
        const begin: Begin = async ({ annotations, ...job }) => {
            build = await real.begin({ annotations: { ...SMALL, ...annotations }, ...job });

            return build;
        };

        before(async function () {
            this.timeout(900_000);
            real = await bootRealApi({
                example: 'kubernetes-executor',
                options: {
                    namespace,
                    jobToolsImage: images.official,
                    podTemplate: { ...podTemplate, spec: { ...podTemplate.spec, ...spec } },
                    kubeconfig: process.env.KUBECONFIG
                },
                image: images.build('ok'),
                environment: { ECOSYSTEM_STORE: store.uri, ECOSYSTEM_UI: store.uri }
            });
        });

        afterEach('leaves nothing on the cluster', async () => {
            // A build that its check has not finished.
            await build.abort();
            await until(
                'an empty namespace',
                async () => JSON.stringify(await listing()) === JSON.stringify(found),
                90
            );
        });

        after(() => real?.close());
        checks(begin);
    }

    describe('as root', () =>
        withApi({}, begin => {
            it('end in SUCCESS soon after the last step, with its log and that of the teardown in the store', async () => {
                const build = await begin({ steps: { work: 'echo at work in $PWD', ...TEARDOWN } });
                const { status } = await build.finished();
                const { endTime } = (await build.steps())['teardown-last'];

                assert.equal(status, 'SUCCESS');
                assert.ok(Date.now() - Date.parse(endTime) < 3_000);
                await until('its logs', () => store.log(build.id, 'teardown-last').includes('torn down'));
                assert.ok(store.log(build.id, 'work').some(line => /^at work in \/sd\/workspace/.test(line)));
            });

            it('know the timeout, the grace time, the node and the limits of their job', async () => {
                const build = await begin({
                    annotations: { 'screwdriver.cd/timeout': 2.5 },
                    steps: { work: 'env; touch $SD_TEMP/file && echo written' }
                });

                assert.equal((await build.finished()).status, 'SUCCESS');
                await until('its log', () => store.log(build.id, 'work').includes('written'));
                const log = store.log(build.id, 'work');
                const [node] = (await core.listNode()).items;

                for (const [name, value] of Object.entries({
                    SD_BUILD_TIMEOUT: 3,
                    SD_TERMINATION_GRACE_PERIOD_SECONDS: 60,
                    SD_BASE_COMMAND_PATH: '/sd/commands/',
                    SD_BUILD_PREFIX: 'sd-',
                    CONTAINER_IMAGE: images.build('ok'),
                    CONTAINER_CPU_LIMIT: 1,
                    CONTAINER_MEMORY_LIMIT: 256 * 1024 ** 2,
                    NODE_ID: node?.metadata?.name
                })) {
                    assert.ok(log.includes(`${name}=${value}`), `${name} in ${log.join('\n')}`);
                }
            });

            it('end in FAILURE if a step fails, and the container with 0', async () => {
                const build = await begin({ steps: { work: 'exit 7', ...TEARDOWN } });

                assert.equal((await build.finished()).status, 'FAILURE');
                assert.equal((await build.steps()).work.code, 7);
                assert.equal((await build.steps())['teardown-last'].code, 0);
            });

            it('that a user aborts during a step are ABORTED at once, and torn down', async () => {
                const build = await begin({ steps: { work: 'echo at work; sleep 300', ...TEARDOWN } });

                await until('its step', async () => (await build.steps()).work?.startTime, 60);
                const begun = performance.now();

                await build.abort();
                assert.equal((await build.now()).status, 'ABORTED');
                assert.ok(performance.now() - begun < 3_000);
                await until('its teardown', async () => (await build.steps())['teardown-last'].code === 0, 40);
                await until('the logs', () => store.log(build.id, 'teardown-last').includes('torn down'));
                assert.ok(store.log(build.id, 'work').includes('at work'));
                await until('no pod', () => pod(build.id).catch(({ code }) => code === 404), 60);
                assert.equal((await build.now()).status, 'ABORTED');
            });

            it('that a user aborts in the first second of their container are ABORTED', async () => {
                const build = await begin({ steps: { work: 'sleep 300' } });

                await until('RUNNING', async () => (await build.now()).status === 'RUNNING', 60);
                await build.abort();
                await until('no pod', () => pod(build.id).catch(({ code }) => code === 404), 60);
                assert.equal((await build.now()).status, 'ABORTED');
            });

            it('that a user aborts while they wait for a node are ABORTED, and their start is not a failure', async () => {
                const build = await begin({
                    annotations: { 'screwdriver.cd/nodeLabel': HERE.nodeLabel },
                    steps: { work: 'sleep 300' }
                });

                await until('its pod', () => pod(build.id).catch(() => false));
                await build.abort();
                await until('no pod', () => pod(build.id).catch(({ code }) => code === 404), 60);
                assert.equal((await build.now()).status, 'ABORTED');
            });
        }));

    describe('as another user, with a read-only root', () =>
        withApi(RESTRICTED, begin => {
            it('end in SUCCESS', async () => {
                const build = await begin({ steps: { work: 'id -u', ...TEARDOWN } });

                assert.equal((await build.finished()).status, 'SUCCESS');
                await until('its log', () => store.log(build.id, 'work').includes('1000'));
            });
        }));
});
