import { expect } from 'chai';
import { engineError, imageError, startError } from '../errors';

const config: any = { buildId: 7, container: 'app:1' };

/** An error as dockerode makes it of an answer. */
function answer(statusCode: number, message: string): Error {
    return Object.assign(new Error(`(HTTP code ${statusCode}) server error - ${message} `), {
        statusCode,
        reason: 'server error',
        json: { message }
    });
}

describe('docker executor: errors', () => {
    it('blames the launch script only where the engine names it', () => {
        const launch = answer(400, 'exec: "/opt/sd/launch": stat /opt/sd/launch: no such file or directory: unknown');
        const cgroup = answer(500, 'mkdir /sys/fs/cgroup/cpu/docker: no such file or directory: unknown');

        expect(startError(launch, config, '/opt/sd')).to.include({ code: 'DOCKER_LAUNCH', kind: 'image' });
        expect(startError(launch, config, '/tools')).to.include({ code: 'DOCKER_ENGINE' });
        expect(startError(cgroup, config, '/opt/sd')).to.include({ code: 'DOCKER_ENGINE', kind: 'engine' });
    });

    it('takes the word of a registry on an image as final', () => {
        for (const text of ['no basic auth credentials', 'manifest unknown', 'pull access denied for app']) {
            expect(imageError('app:1', answer(500, text)), text).to.include({ code: 'DOCKER_IMAGE', retryable: false });
            expect(imageError('app:1', text), text).to.include({ code: 'DOCKER_IMAGE', retryable: false });
        }
        expect(imageError('app:1', answer(500, 'dial tcp: i/o timeout'))).to.include({ retryable: true });
    });

    it('does not blame an image for an engine that goes away', () => {
        const error = imageError('app:1', new Error('socket hang up'));

        expect(error).to.include({ code: 'DOCKER_ENGINE', kind: 'engine', retryable: true });
        expect(error.message).to.equal('Docker: the pull of app:1 did not end: socket hang up');
    });

    it("has the engine's own words where dockerode has put them behind its own", () => {
        const streamed = Object.assign(answer(500, 'no such host'), { json: null });

        expect(engineError(streamed).message).to.equal('Docker answered 500: no such host');
    });

    it('lets a caller try again after a conflict, not after a refusal', () => {
        expect(engineError(answer(409, 'volume is in use'))).to.include({ retryable: true });
        expect(engineError(answer(400, 'bad parameter'))).to.include({ retryable: false });
    });
});
