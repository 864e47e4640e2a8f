import { minimal } from '../configs';
import type { Scenarios } from '../child/recording';

/** The executor as an object: which members it has, which can be added, and which replaced. */
export const object = (name: string): Scenarios => ({
    'has its own properties and no others': async recording => {
        const { executor } = await recording.executor(name);

        recording.note('own names', Reflect.ownKeys(executor).map(String).sort());
        recording.note('frozen, sealed, extensible', [
            Object.isFrozen(executor),
            Object.isSealed(executor),
            Object.isExtensible(executor)
        ]);
        recording.note('class', executor.constructor.name);
        recording.note('config', executor.config);
        recording.note('enumerable', Object.keys(executor).sort());
    },
    'takes what the API writes on it': async recording => {
        const { executor } = await recording.executor(name);

        executor.name = name;
        executor.tokenGen = () => 'token';
        executor.userTokenGen = () => 'token';
        executor.config = { replaced: true };
        recording.note('written', [executor.name, executor.tokenGen(), executor.userTokenGen(), executor.config]);
        await recording.call(executor, 'start', minimal());
    },
    'calls a hook that was put on it after construction': async recording => {
        const { executor } = await recording.executor(name);

        for (const hook of ['_start', '_stop', '_verify', '_status', '_startTimer']) {
            executor[hook] = () => Promise.resolve(`${hook} put on the instance`);
        }
        for (const method of ['start', 'stop', 'verify', 'status', 'startTimer']) {
            await recording.call(executor, method, minimal());
        }
    },
    'lets its public methods be replaced': async recording => {
        const { executor } = await recording.executor(name);

        for (const method of ['start', 'stats', 'parseAnnotations', 'cleanUp']) {
            executor[method] = () => `${method} replaced`;
            recording.note(method, executor[method](minimal()));
            delete executor[method];
        }
        await recording.call(executor, 'start', minimal());
    },
    'is an instance of the base': async recording => {
        const { executor } = await recording.executor(name);

        recording.note('instanceof', executor instanceof recording.load.base());
    }
});
