'use strict';

const { minimal, real } = require('../configs');

const METHODS = [
    'start',
    'stop',
    'verify',
    'status',
    'startPeriodic',
    'stopPeriodic',
    'startFrozen',
    'stopFrozen',
    'startTimer',
    'stopTimer',
    'unzipArtifacts',
    'enqueueWebhook',
    'cleanUp',
    'stats'
];

const ANNOTATIONS = {
    none: {},
    plain: real('start').annotations,
    beta: { 'beta.screwdriver.cd/cpu': 'HIGH', 'beta.screwdriver.cd/timeout': 45 },
    foreign: { 'example.com/cpu': 'HIGH', 'screwdriver.cd/unheard-of': 1, cpu: 'HIGH' },
    values: { 'screwdriver.cd/cpu': { nested: [1] }, 'screwdriver.cd/ram': null, 'screwdriver.cd/timeout': undefined },
    'in a list': ['screwdriver.cd/cpu'],
    'in a string': 'screwdriver.cd/cpu',
    'in a number': 7,
    undefined,
    null: null
};

/** The base on its own: what a subclass without hooks, or with odd ones, makes of it. */
const scenarios = {
    'base: answers for hooks that nobody wrote': async recording => {
        const Base = recording.load.base();
        const executor = new (class extends Base {})();

        for (const method of METHODS) await recording.call(executor, method, minimal());
    },
    'base: can be made without a subclass': async recording => {
        const executor = new (recording.load.base())({ some: 'config' });

        recording.note('config', executor.config);
        recording.note('own names', Reflect.ownKeys(executor).map(String));
        for (const method of METHODS) await recording.call(executor, method, minimal());
    },
    'base: keeps what the constructor was given': async recording => {
        const given = { some: 'config' };

        recording.note('same object', new (recording.load.base())(given).config === given);
        recording.note('nothing', new (recording.load.base())().config);
    },
    'base: leaves the config as it is': async recording => {
        const executor = new (recording.load.base())();

        for (const method of METHODS.slice(0, -2)) {
            const given = real('start');

            executor[`_${method}`] = async config => {
                recording.note('the hook got it', config === given);
                recording.note('still open', [Object.isFrozen(config), Object.isSealed(config)]);
            };
            await recording.call(executor, method, given);
            recording.note('keys and types', [Object.keys(given), given.build?.constructor.name]);
        }
    },
    'base: answers a config that does not fit': async recording => {
        const executor = new (recording.load.base())();

        for (const method of METHODS.slice(0, 4)) {
            for (const bad of [undefined, {}, { ...minimal(), buildId: 'x' }, { ...minimal(), jobName: 'a b' }]) {
                await recording.call(executor, method, bad);
            }
        }
    },
    'base: passes on whatever a hook gives': async recording => {
        const Base = recording.load.base();
        const statusCode = Object.assign(new Error('Too large'), { statusCode: 413 });
        const given = [undefined, null, false, 0, '', 'waiting', { deep: { er: [1] } }, statusCode];

        for (const value of given) {
            const executor = new Base();

            for (const method of METHODS) {
                executor[`_${method}`] = async () => value;
                await recording.call(executor, method, minimal());
                executor[`_${method}`] = async () => Promise.reject(value);
                await recording.call(executor, method, minimal());
            }
        }
    },
    'base: runs the hook once, on the executor, after the method has returned': async recording => {
        const Base = recording.load.base();
        const executor = new Base();

        for (const method of ['start', 'stop', 'verify', 'status']) {
            executor[`_${method}`] = async function hook() {
                recording.note('hook runs', this === executor);
            };
            const promise = executor[method](minimal());

            recording.note('method has returned', method);
            await promise;
        }
    },
    'base: runs the hook before the method returns, where nothing is validated': async recording => {
        const Base = recording.load.base();
        const executor = new Base();

        for (const method of METHODS.slice(4, -1)) {
            executor[`_${method}`] = async function hook(...args) {
                recording.note('hook runs', [this === executor, args[0]]);
            };
            const promise = executor[method]({ method });

            recording.note('method has returned', method);
            await promise;
        }
    },
    'base: cleans up as often as it is told, without arguments': async recording => {
        const executor = new (recording.load.base())();

        executor._cleanUp = async (...args) => recording.note('cleans up with', args);
        await recording.call(executor, 'cleanUp');
        await recording.call(executor, 'cleanUp', 'argument');
    },
    'base: asks a thenable that a hook gives': async recording => {
        const Base = recording.load.base();
        const executor = new Base();

        executor._start = () => ({ then: resolve => resolve('from a thenable') });
        await recording.call(executor, 'start', minimal());
    }
};

for (const [title, annotations] of Object.entries(ANNOTATIONS)) {
    scenarios[`base: parses annotations: ${title}`] = async recording => {
        await recording.call(new (recording.load.base())(), 'parseAnnotations', annotations);
    };
}

module.exports = scenarios;
