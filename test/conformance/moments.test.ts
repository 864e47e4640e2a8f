import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import Executor from 'screwdriver-executor-base';
import { collect, failures } from './kit';

const TITLE = 'a stop during a start leaves nothing running';

/** How far the starts of a build are. */
interface Moment {
    starts: number;
    isAsked: boolean;
    /** When the API has answered the exchange. */
    answered?: number;
}

/** Its stop leaves the build running at some moments of a start. */
class Leaking extends Executor {
    readonly builds = new Set<string>();
    readonly #moments = new Map<string, Moment>();

    constructor(
        readonly leaks: (moment: Moment) => boolean,
        readonly delay: number | undefined
    ) {
        super();
    }

    override async start(config: Executor.StartConfig): Promise<any> {
        const moment = this.#momentOf(config);

        moment.starts += 1;
        try {
            return await super.start(config);
        } finally {
            moment.starts -= 1;
        }
    }

    override async stop(config: Executor.StopConfig): Promise<any> {
        const moment = this.#momentOf(config);
        const isLeak = moment.starts > 0 && this.leaks(moment);

        await super.stop(config);
        while (moment.starts > 0) await sleep(5);
        if (!isLeak) return;
        if (this.delay === undefined) this.builds.add(String(config.buildId));
        else setTimeout(() => this.builds.add(String(config.buildId)), this.delay);
    }

    protected override async _start(config: Executor.StartConfig): Promise<boolean> {
        const moment = this.#momentOf(config);

        moment.isAsked = true;
        await this.exchangeTokenForBuild(config);
        moment.answered ??= performance.now();
        await sleep(150);

        return true;
    }

    protected override _stop(): void {}

    #momentOf({ buildId }: { buildId: Executor.BuildId }): Moment {
        const moment = this.#moments.get(String(buildId)) ?? { starts: 0, isAsked: false };

        this.#moments.set(String(buildId), moment);

        return moment;
    }
}

async function found(leaks: (moment: Moment) => boolean, delay?: number): Promise<string | undefined> {
    const checks = collect<Leaking>({
        factory: () => new Leaking(leaks, delay),
        observe: { running: ({ builds }, id) => (builds.has(String(id)) ? ['launch'] : []) },
        callTimeout: 2_000
    });
    const reports = await failures(checks.filter(({ title }) => title === TITLE));

    return reports.get(TITLE)?.split('\n')[1];
}

const LEFT = 'the build has 1 running after all calls have settled';
const CASES: Array<[leaks: (moment: Moment) => boolean, says: RegExp, delay?: number]> = [
    [({ isAsked }) => !isAsked, new RegExp(`: a stop right after the start: ${LEFT}$`)],
    [({ isAsked }) => !isAsked, /: a stop right after the start: the build came up after all calls had settled$/, 50],
    [({ isAsked, starts }) => !isAsked && starts === 2, new RegExp(`: a stop during two starts: ${LEFT}$`)],
    [
        ({ isAsked, answered }) => isAsked && answered === undefined,
        new RegExp(`: a stop while the API delays the exchange: ${LEFT}$`)
    ],
    [
        ({ answered }) => answered !== undefined && performance.now() - answered > 60,
        new RegExp(`: a stop \\d+ ms after the exchange: ${LEFT}$`)
    ],
    [
        ({ answered, starts }) => answered !== undefined && starts === 2,
        new RegExp(`: a stop during two starts, after the exchange: ${LEFT}$`)
    ]
];

describe('a build that a stop leaves running', () => {
    const reports: Array<Promise<string | undefined>> = [];

    // Concurrent, since they wait most of the time.
    before(() => {
        for (const [leaks, , delay] of CASES) reports.push(found(leaks, delay));
    });

    for (const [index, [, says]] of CASES.entries()) {
        it(`is found at each moment of a start: ${says.source}`, async () => {
            expect(await reports[index]).to.match(says);
        });
    }

    it('is not found if there is none', async () => {
        expect(await found(() => false)).to.equal(undefined);
    });
});
