import { expect } from 'chai';
import EcsExecutor = require('../lib/executor');
import { settingsFrom } from '../lib/settings';
import { OPTIONS } from './options';

describe('ECS executor: settings', () => {
    it('reports all mistakes at once, when the executor is created', () => {
        const make = () =>
            new EcsExecutor({
                jobTools: 'magic',
                prefix: '9',
                stopSeconds: 600,
                Cluster: 'x',
                networkMode: 'host'
            } as never);

        expect(() => settingsFrom(undefined as never)).to.throw(/executionRole" is required/);
        expect(make).to.throw(/executionRole" is required/);
        expect(make).to.throw(/jobTools/);
        expect(make).to.throw(/prefix/);
        expect(make).to.throw(/stopSeconds" must be less than or equal to 120/);
        expect(make).to.throw(/Cluster" must be written "cluster"/);
        expect(make).to.throw(/networkMode" must be awsvpc on Fargate/);
    });

    it('requires subnets with awsvpc', () => {
        const { subnets, ...rest } = OPTIONS;

        expect(subnets).to.have.length(1);
        expect(() => settingsFrom(rest)).to.throw(/subnets" must contain at least 1 items/);
        expect(settingsFrom({ ...rest, launchType: 'EC2', networkMode: 'bridge' }).subnets).to.deep.equal([]);
    });

    it('requires store and UI for the official job tools', () => {
        expect(() => settingsFrom({ ...OPTIONS, jobTools: 'official' })).to.throw(/ecosystem.store" is required/);
    });

    it('waits longer for a build with processPerCall', () => {
        expect(settingsFrom(OPTIONS).startWait).to.equal(10);
        expect(settingsFrom({ ...OPTIONS, processPerCall: true }).startWait).to.equal(240);
        expect(settingsFrom({ ...OPTIONS, processPerCall: true, startWait: 5 }).startWait).to.equal(5);
    });
});
