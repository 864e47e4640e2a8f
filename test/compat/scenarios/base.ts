import { minimal, real } from '../configs';
import { NOT_VALIDATED, OPERATIONS, VALIDATED } from '../operations';
import type { Scenarios } from '../child/recording';

const METHODS = [...OPERATIONS, 'stats'];

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

/** The base alone: how it behaves in a subclass without hooks, or with odd ones. */
export const base: Scenarios = {
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
    'base: keeps what the constructor was given': recording => {
        const given = { some: 'config' };

        recording.note('same object', new (recording.load.base())(given).config === given);
        recording.note('nothing', new (recording.load.base())().config);
    },
    'base: leaves the config as it is': async recording => {
        const executor = new (recording.load.base())();

        for (const method of [...VALIDATED, ...NOT_VALIDATED]) {
            const given = real('start');

            executor[`_${method}`] = (config: unknown) => {
                recording.note('the hook got it', config === given);
                recording.note('still open', [Object.isFrozen(config), Object.isSealed(config)]);

                return Promise.resolve();
            };
            await recording.call(executor, method, given);
            recording.note('keys and types', [Object.keys(given), given.build?.constructor.name]);
        }
    },
    'base: answers a config that does not fit': async recording => {
        const executor = new (recording.load.base())();

        for (const method of VALIDATED) {
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
                executor[`_${method}`] = () => Promise.resolve(value);
                await recording.call(executor, method, minimal());
                executor[`_${method}`] = () => Promise.reject(value);
                await recording.call(executor, method, minimal());
            }
        }
    },
    'base: runs the hook once, on the executor, after the method has returned': async recording => {
        const Base = recording.load.base();
        const executor = new Base();

        for (const method of VALIDATED) {
            executor[`_${method}`] = function hook(this: unknown) {
                recording.note('hook runs', this === executor);

                return Promise.resolve();
            };
            const promise = executor[method](minimal());

            recording.note('method has returned', method);
            await promise;
        }
    },
    'base: runs the hook before the method returns, where nothing is validated': async recording => {
        const Base = recording.load.base();
        const executor = new Base();

        for (const method of [...NOT_VALIDATED, 'cleanUp']) {
            executor[`_${method}`] = function hook(this: unknown, ...args: unknown[]) {
                recording.note('hook runs', [this === executor, args[0]]);

                return Promise.resolve();
            };
            const promise = executor[method]({ method });

            recording.note('method has returned', method);
            await promise;
        }
    },
    'base: cleans up as often as it is told, without arguments': async recording => {
        const executor = new (recording.load.base())();

        executor._cleanUp = (...args: unknown[]) => Promise.resolve(recording.note('cleans up with', args));
        await recording.call(executor, 'cleanUp');
        await recording.call(executor, 'cleanUp', 'argument');
    },
    'base: asks a thenable that a hook gives': async recording => {
        const Base = recording.load.base();
        const executor = new Base();

        executor._start = () => ({ then: (resolve: (value: string) => void) => resolve('from a thenable') });
        await recording.call(executor, 'start', minimal());
    }
};

for (const [title, annotations] of Object.entries(ANNOTATIONS)) {
    base[`base: parses annotations: ${title}`] = async recording => {
        await recording.call(new (recording.load.base())(), 'parseAnnotations', annotations);
    };
}
