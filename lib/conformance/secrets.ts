import { freshBuildId } from '../testing/configs';
import { violation } from './finding';
import { group, type Check } from './group';
import { everythingIn, showsToken } from './outcome';

const WHY = 'whoever has the token can act as the build, and many people can read errors, logs and records';

const CHECKS: Check[] = [
    {
        title: 'the error of a refused exchange does not show the token',
        why: WHY,
        fix: 'pass on the error of exchangeTokenForBuild; do not put the config or a request into your own errors',
        async run(testbed) {
            const config = testbed.config();
            const outcome = await testbed.refusedStart(config);

            if (!outcome.resolved) expectNoToken('the error of start', outcome.error, config.token);
        }
    },
    {
        title: 'a ValidationError does not show the token',
        why: WHY,
        fix: 'leave validation to the base, which removes the values from the error',
        async run(testbed) {
            for (const operation of ['start', 'stop', 'verify', 'status'] as const) {
                const { token } = testbed.config();
                const config = { ...testbed.configFor(operation, freshBuildId()), token, buildId: 'none' };
                const outcome = await testbed.call(operation, config);

                if (!outcome.resolved) expectNoToken(`the error of ${operation}`, outcome.error, token);
            }
        }
    },
    {
        title: 'status and verify do not show the token',
        why: WHY,
        fix: "build these strings from the build's state on the engine, not from the engine's whole answer",
        async run(testbed) {
            const config = testbed.config();
            const id = await testbed.startBuild(config);

            for (const operation of ['status', 'verify'] as const) {
                const { token } = config;
                const outcome = await testbed.call(operation, { ...testbed.configFor(operation, id), token });

                expectNoToken(`the answer of ${operation}`, outcome.resolved ? outcome.value : outcome.error, token);
            }
        }
    }
];

const DOWN: Check = {
    maker: 'engineDown',
    title: 'the error does not show the token when the engine is down',
    why: WHY,
    fix: "keep only message and code of the errors of the engine's client: the rest contains the request, and with it the token",
    async run(testbed) {
        const config = testbed.config();
        const outcome = await testbed.call('start', config);

        if (!outcome.resolved) expectNoToken('the error of start', outcome.error, config.token);
    }
};

const ARGUMENTS: Check = {
    title: 'the arguments that the engine gets do not show the token',
    why: 'process lists and the records of the engine show commands, arguments and labels',
    fix: 'use command, args and env of Executor.launch: only the environment contains the token',
    async run(testbed) {
        const config = testbed.config();
        const id = await testbed.startBuild(config);

        expectNoToken('observe.args', await testbed.observe('args', id), config.token);
    }
};

const LOGS: Check = {
    title: 'the log does not show the token',
    why: WHY,
    fix: "log the build's id, not its config; log error.message, not the whole error of a client",
    async run(testbed) {
        const config = testbed.config();
        const { token } = config;
        const id = await testbed.startBuild(config);

        for (const operation of ['verify', 'status', 'stop'] as const) {
            await testbed.call(operation, { ...testbed.configFor(operation, id), token });
        }
        await testbed.refusedStart(testbed.config({ token }));
        expectNoToken('observe.logs', await testbed.observe('logs', id), token);
    }
};

function expectNoToken(where: string, value: unknown, token: string): void {
    if (showsToken(everythingIn(value), token)) throw violation(`${where} shows the token or a part of it`);
}

/** Where tokens must not show. */
export const secrets = group(
    'secrets',
    ({ engineDown, observe }) => [
        ...CHECKS,
        ...(typeof engineDown === 'function' ? [DOWN] : []),
        ...(observe?.args ? [ARGUMENTS] : []),
        ...(observe?.logs ? [LOGS] : [])
    ],
    {
        engineDown: 'whether the error shows the token when the engine is down',
        'observe.args': 'whether the arguments that the engine gets show the token',
        'observe.logs': 'whether the log shows the token'
    }
);
