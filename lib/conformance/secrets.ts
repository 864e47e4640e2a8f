import { freshBuildId } from '../testing/configs';
import { violation } from './finding';
import { group, type Check } from './group';
import { everythingIn, showsToken } from './outcome';

const WHY = 'whoever has the token can act as the build, and many people read errors, logs and records';

const CHECKS: Check[] = [
    {
        title: 'the token shows in no error of a refused exchange',
        why: WHY,
        fix: 'let the error of exchangeTokenForBuild pass; put no config and no request into an error of your own',
        async run(testbed) {
            const config = testbed.config();
            const outcome = await testbed.refusedStart(config);

            if (!outcome.resolved) expectNoToken('the error of start', outcome.error, config.token);
        }
    },
    {
        title: 'the token shows in no ValidationError',
        why: WHY,
        fix: 'leave validation to the base, which takes the values out of the error',
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
        title: 'the token shows in no answer of status and verify',
        why: WHY,
        fix: "make these texts from the build's state on the engine, not from all that the engine answers",
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
    title: 'the token shows in no error when the engine is down',
    why: WHY,
    fix: "keep message and code of what the engine's client throws: the rest holds its request, and with it the token",
    async run(testbed) {
        const config = testbed.config();
        const outcome = await testbed.call('start', config);

        if (!outcome.resolved) expectNoToken('the error of start', outcome.error, config.token);
    }
};

const ARGUMENTS: Check = {
    title: 'the token shows in no argument that the engine was given',
    why: 'commands, arguments and labels show in process lists and in the records of the engine',
    fix: 'use command, args and env of Executor.launch: the token goes into the environment alone',
    async run(testbed) {
        const config = testbed.config();
        const id = await testbed.startBuild(config);

        expectNoToken('observe.args', await testbed.observe('args', id), config.token);
    }
};

const LOGS: Check = {
    title: 'the token shows in no log line',
    why: WHY,
    fix: "log the build's id, not its config; log error.message, not all that a client has thrown",
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
    if (showsToken(everythingIn(value), token)) throw violation(`${where} shows the token, or a part of one`);
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
        engineDown: 'whether the token shows in the error of an engine that is down',
        'observe.args': 'whether the token shows in what the engine was given',
        'observe.logs': 'whether the token shows in the log'
    }
);
