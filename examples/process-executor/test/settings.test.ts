import { inspect } from 'node:util';
import { expect } from 'chai';
import ProcessExecutor = require('screwdriver-executor-process');

describe('process executor: its settings', () => {
    it('rejects wrong settings before it starts', () => {
        const wrong: Array<[Record<string, unknown>, string]> = [
            [{ gracePeriod: 'soon' }, '"gracePeriod" must be a number'],
            [{ mountPoint: '../sd' }, '"mountPoint" must be a path inside the folder of the build'],
            [{ mountPoint: '/opt/sd' }, '"mountPoint" must be a path inside the folder of the build'],
            [{ maxBuildTimeout: 0 }, '"maxBuildTimeout" must be a positive number'],
            [
                { maxBuildTimeout: 1e21 },
                '"maxBuildTimeout" must be at most 35791 minutes: no timer can wait for longer'
            ],
            [{ buildTimeout: '35792' }, '"buildTimeout" must be at most 35791 minutes'],
            [{ gracePeriod: 1e12 }, '"gracePeriod" must be less than or equal to 2147483647'],
            [{ jobtools: '/opt/sd' }, '"jobtools" is not an option: it is called "jobTools"'],
            [{ workspace_root: '/' }, '"workspace_root" is not an option: it is called "workspaceRoot"'],
            [{ 'Grace-Period': 1 }, '"Grace-Period" is not an option: it is called "gracePeriod"'],
            [{ gracePeriod: 'soon', Environment: {} }, 'must be a number. "Environment" is not an option']
        ];
        const right: Record<string, unknown> = { gracePeriod: '100', ecosystem: {} };

        for (const [options, message] of wrong) {
            expect(() => new ProcessExecutor(options))
                .to.throw(message)
                .with.property('name', 'ValidationError');
        }
        expect(() => new ProcessExecutor(right)).not.to.throw();
        expect(() => new ProcessExecutor()).not.to.throw();
    });

    it('does not show the value of a wrong setting', () => {
        let error: unknown;

        try {
            new ProcessExecutor({ environment: { TOKEN: ['secret'] as unknown as string }, gracePeriod: -1 });
        } catch (caught) {
            error = caught;
        }

        expect(inspect(error, { depth: null, showHidden: true }))
            .to.contain('"environment.TOKEN" must be a string')
            .and.not.to.contain('secret');
    });
});
