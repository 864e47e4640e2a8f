import { expect } from 'chai';
import { engineError, imageError, isGone, isNameTaken, startError } from '../lib/errors';

const config: any = { buildId: 7, container: 'app:1' };

/** An error as dockerode makes it from an answer. */
function answer(statusCode: number, message: string): Error {
    return Object.assign(new Error(`(HTTP code ${statusCode}) server error - ${message} `), { statusCode });
}

describe('docker executor: errors', () => {
    it('blames the launch script only if the engine names it', () => {
        const launch = answer(400, 'exec: "/opt/sd/launch": stat /opt/sd/launch: no such file or directory: unknown');
        const cgroup = answer(500, 'mkdir /sys/fs/cgroup/cpu/docker: no such file or directory: unknown');

        expect(startError(launch, config, '/opt/sd/launch')).to.include({ code: 'DOCKER_LAUNCH', kind: 'image' });
        expect(startError(launch, config, '/tools/launch')).to.include({ code: 'DOCKER_ENGINE' });
        expect(startError(cgroup, config, '/opt/sd/launch')).to.include({ code: 'DOCKER_ENGINE', kind: 'engine' });
    });

    for (const [meaning, texts] of Object.entries({
        'check its name and tag, and that this engine may pull it': [
            'manifest for app:1 not found: manifest unknown: manifest unknown',
            'pull access denied for app, repository does not exist or may require authorization',
            'denied: requested access to the resource is denied',
            'Head "https://ghcr.io/v2/team/app/manifests/1": denied',
            'unauthorized: authentication required',
            'Get "https://registry.example/v2/": no basic auth credentials',
            'invalid reference format',
            'invalid repository name (abc), cannot specify 64-byte hexadecimal strings',
            'invalid tag format',
            'repository name must be lowercase'
        ],
        'it is made for other platforms': [
            'no matching manifest for linux/arm64/v8 in the manifest list entries',
            'image operating system "windows" cannot be used on this platform',
            // From Podman.
            'choosing an image from manifest list docker://app:1: no image found in manifest list for architecture arm64'
        ],
        'it is stored in a format that engines no longer take (manifest schema 1)': [
            'media type "application/vnd.docker.distribution.manifest.v1+prettyjws" is no longer supported since containerd ' +
                'v2.1, please rebuild the image as "application/vnd.docker.distribution.manifest.v2+json" or ' +
                '"application/vnd.oci.image.manifest.v1+json"',
            'not found: media type "application/vnd.docker.distribution.manifest.v1+json" is not supported'
        ],
        'this engine does not trust its registry': [
            'Get "https://r.example/v2/": tls: failed to verify certificate: x509: certificate signed by unknown authority'
        ]
    })) {
        for (const text of texts) {
            it(`is not retryable after: ${text}`, () => {
                for (const said of [answer(500, text), text]) {
                    const error = imageError('app:1', said);

                    expect(error).to.include({ code: 'DOCKER_IMAGE', retryable: false });
                    expect(error.userMessage).to.equal(`The image app:1 is not available: ${meaning}.`);
                }
            });
        }
    }

    for (const [meaning, texts] of Object.entries({
        '': [
            'Get "https://registry.example/v2/": dial tcp: i/o timeout',
            'dial tcp: lookup registry.example: no such host',
            `error parsing HTTP 502 response body: invalid character '<' looking for beginning of value: "<html>"`,
            'open /var/lib/docker/tmp/GetImageBlob1: permission denied',
            'write /var/lib/docker/tmp/GetImageBlob1: no space left on device'
        ],
        ': its registry is busy': [
            'toomanyrequests: You have reached your unauthenticated pull rate limit.',
            `error parsing HTTP 429 response body: invalid character 'T' looking for beginning of value: "Too Many Requests"`
        ]
    })) {
        for (const text of texts) {
            it(`is retryable after: ${text}`, () => {
                const error = imageError('app:1', answer(500, text));

                expect(error).to.include({ code: 'DOCKER_IMAGE', retryable: true });
                expect(error.userMessage).to.equal(
                    `The image app:1 could not be pulled${meaning}. Start the build again later.`
                );
            });
        }
    }

    it("recognises a name that is taken, also in Podman's words", () => {
        for (const said of [
            answer(409, 'Conflict. The container name "/sd-build-7" is already in use by container "1".'),
            answer(
                500,
                'container create: creating container storage: the container name "sd-build-7" is already in use by 1'
            )
        ])
            expect(isNameTaken(said)).to.equal(true);
        expect(isNameTaken(answer(409, 'removal of container 1 is already in progress'))).to.equal(false);
    });

    it("recognises a missing container, also in Podman's words, and nothing else", () => {
        expect(isGone(answer(404, 'No such container: 1'))).to.equal(true);
        expect(isGone(answer(500, 'container 1 does not exist in database: no such container'))).to.equal(true);
        expect(isGone(answer(500, 'stat /var/lib/docker: no such file or directory'))).to.equal(false);
        expect(isGone(answer(404, 'page not found'))).to.equal(false);
    });

    it('is not retryable if the engine says that an image does not exist', () => {
        expect(imageError('app:1', answer(404, 'No such image: app:1'))).to.include({ retryable: false });
    });

    it('says that a build was stopped if its container is removed before its start', () => {
        for (const error of [
            answer(404, 'No such container: 1f2e'),
            answer(409, 'container is marked for removal and cannot be started')
        ]) {
            expect(startError(error, config, '/opt/sd/launch')).to.include({
                code: 'DOCKER_START_CANCELLED',
                kind: 'cancelled'
            });
        }
    });

    it('does not blame an image for an engine that goes away', () => {
        const error = imageError('app:1', new Error('socket hang up'));

        expect(error).to.include({ code: 'DOCKER_ENGINE', kind: 'engine', retryable: true });
        expect(error.message).to.equal('Docker: the pull of app:1 did not end: socket hang up');
    });

    it("quotes the engine's own message without its client's", () => {
        expect(engineError(answer(500, 'no such host')).message).to.equal('Docker answered 500: no such host');
    });

    it('is retryable if the socket does not exist', () => {
        const failure = Object.assign(new Error('connect ENOENT /var/run/docker.sock'), { code: 'ENOENT' });

        expect(engineError(failure)).to.include({ kind: 'engine', retryable: true });
    });

    it("does not mistake an image's name for its registry's message", () => {
        for (const name of ['app:429', 'toomanyrequests/app:1']) {
            const error = imageError(name, answer(404, `manifest for ${name} not found: manifest unknown`));

            expect(error).to.include({ retryable: false });
            expect(error.userMessage).to.match(/check its name and tag/);
        }
        expect(imageError('denied/app:1', answer(500, 'read denied/app:1: i/o timeout'))).to.include({
            retryable: true
        });
    });

    it('blames the configuration for errors that do not pass', () => {
        const failures = [
            Object.assign(new Error('self-signed certificate'), { code: 'DEPTH_ZERO_SELF_SIGNED_CERT' }),
            answer(403, 'authorization denied by plugin')
        ];

        for (const failure of failures) {
            const { retryable, userMessage } = engineError(failure);

            expect(retryable).to.equal(false);
            expect(userMessage).to.match(/cannot be used as it is set up/);
        }
        expect(engineError(failures[0])).to.include({ kind: 'configuration' });
        expect(engineError(answer(500, 'x')).userMessage).to.match(/Start the build again in some minutes/);
    });

    it('is retryable after a conflict, not after a refusal', () => {
        expect(engineError(answer(409, 'volume is in use'))).to.include({ retryable: true });
        expect(engineError(answer(400, 'bad parameter'))).to.include({ retryable: false });
    });
});
