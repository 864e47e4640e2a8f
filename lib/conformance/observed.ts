import { freshBuildId } from '../testing/configs';
import { violation, words } from './outcome';
import type { Check } from './group';

/** What can only be checked where the author lets the kit see what runs on the engine: `observe.running`. */
export const OBSERVED_LIFECYCLE: Check[] = [
    {
        title: 'a started build runs on the engine',
        why: 'a start that resolves true tells the API that the build is on its way',
        fix: 'resolve from _start only when the engine has taken the build; resolve false to have it queued again',
        async run(bench) {
            const id = await bench.started();

            if (!(await bench.eventually(async () => (await bench.running(id)) > 0, bench.startTimeout))) {
                throw violation('nothing runs for the build after start has resolved');
            }
        }
    },
    {
        title: 'nothing of a stopped build runs on the engine',
        why: 'what is left behind takes room from other builds, and holds its token',
        fix: 'end everything that _start has made, in _stop',
        async run(bench) {
            const id = await bench.started();

            await bench.on('stop', id);
            if (!(await bench.eventually(async () => (await bench.running(id)) === 0))) {
                throw violation(`${await bench.running(id)} of the build still run after stop has resolved`);
            }
        }
    },
    {
        title: 'verify does not call a build that is gone a success',
        why: 'an empty text counts as success',
        fix: 'resolve a text from _verify, or reject, when the engine does not have the build',
        async run(bench) {
            const id = await bench.started();

            await bench.on('stop', id);
            await bench.eventually(async () => (await bench.running(id)) === 0);
            if (!bench.executor.supports('verify')) return;
            const outcome = await bench.on('verify', id);

            if (outcome.resolved && !outcome.value) throw violation(`verify ${words(outcome)}`);
        }
    }
];

export const OBSERVED_IDEMPOTENCY: Check[] = [
    {
        title: 'a build that is started twice at once runs once',
        why: 'a queue may deliver a start again; two launchers of one build write over each other',
        fix: 'let a second _start join the first, or reject; give the engine a name made from the build id',
        async run(bench) {
            const single = await bench.started();

            await bench.eventually(async () => (await bench.running(single)) > 0, bench.startTimeout);
            const once = await bench.running(single);
            const config = bench.config();
            const id = Number(config.buildId);

            await Promise.all([bench.call('start', config), bench.call('start', config)]);
            await bench.eventually(async () => (await bench.running(id)) > 0, bench.startTimeout);
            const twice = await bench.running(id);

            if (twice > once) throw violation(`${once} run for a build that is started once, ${twice} for this one`);
        }
    },
    {
        title: 'a stop while the build starts leaves nothing running',
        why: 'nobody will stop the build a second time',
        fix: 'let _stop end the start in flight, or wait for it, before it ends the build',
        async run(bench) {
            const id = freshBuildId();
            const start = bench.on('start', id);

            await Promise.all([start, bench.on('stop', id)]);
            if (!(await bench.eventually(async () => (await bench.running(id)) === 0))) {
                throw violation(`${await bench.running(id)} of the build run after both have settled`);
            }
        }
    }
];
