import { expect } from 'chai';
import { reasonOf } from '../lib/explain';
import { podOf, podPreparing, waiting } from './shapes';

/** The pod of a build that a node has just got. The message is what the node says about its image. */
function podWithout(message: string, reason = 'ErrImagePull') {
    return podOf(waiting(reason, message), { phase: 'Pending', startTime: new Date() });
}

describe('kubernetes executor: an image', () => {
    describe('that does not exist, or not for this cluster, is a reason at once', () => {
        const words = [
            // Docker.
            'Error response from daemon: manifest for node:22 not found: manifest unknown: manifest unknown',
            'Error response from daemon: pull access denied for node, repository does not exist or may require login',
            'Error response from daemon: Get "https://r.example/v2/": unauthorized: authentication required',
            'Error response from daemon: Get "https://r.example/v2/": no basic auth credentials',
            'Error response from daemon: no matching manifest for linux/arm64/v8 in the manifest list entries',
            // containerd.
            'failed to pull and unpack image "docker.io/library/node:22": failed to resolve reference: not found',
            'failed to resolve reference "r.example/node:22": pull access denied, insufficient_scope: authorization failed',
            'failed to resolve reference "r.example/node:22": unexpected status from HEAD request: 403 Forbidden',
            'failed to pull and unpack image "r.example/node:22": no match for platform in manifest',
            // CRI-O.
            'reading manifest 22 in r.example/node: name unknown: repository name not known to registry',
            // Newer than 1.31: the message of the pause includes the last failure.
            'Back-off pulling image "node:22": ErrImagePull: rpc error: code = NotFound desc = node:22: not found'
        ];

        for (const message of words) {
            it(message, () =>
                expect(reasonOf(podWithout(message), 300)).to.equal(
                    `The image node:22 is not available: check its name and tag. ${message}`
                )
            );
        }

        it('as is one in a format that nodes no longer accept', () => {
            for (const message of [
                'media type "application/vnd.docker.distribution.manifest.v1+prettyjws" is no longer supported since containerd v2.1',
                'unsupported: docker schema 1 image, please rebuild the image'
            ])
                expect(reasonOf(podWithout(message), 300)).to.equal(
                    'The image node:22 is not available: it is stored in a format that nodes no longer take ' +
                        `(manifest schema 1). ${message}`
                );
        });

        it('as is an invalid name, whatever the node says', () => {
            const message = 'Failed to apply default image tag "No": couldn\'t parse image name';

            expect(reasonOf(podWithout(message, 'InvalidImageName'), 300)).to.match(/ check its name and tag\. Failed/);
        });
    });

    describe('that may still come is a reason only when the cluster has tried for long enough', () => {
        const words = [
            'Error response from daemon: toomanyrequests: You have reached your unauthenticated pull rate limit.',
            'Error response from daemon: Get "https://r.example/v2/": dial tcp: lookup r.example: no such host',
            'Error response from daemon: Get "https://r.example/v2/": dial tcp 10.0.0.9:443: connect: connection refused',
            'Error response from daemon: Get "https://r.example/v2/": net/http: TLS handshake timeout',
            'failed to resolve reference "r.example/node:22": unexpected status from HEAD request: 429 Too Many Requests',
            'failed to resolve reference "r.example/node:22": unexpected status from HEAD request: 503 Service Unavailable',
            'failed to pull and unpack image: failed to copy: read tcp 10.0.0.7:41022->10.0.0.9:443: i/o timeout',
            'rpc error: code = Canceled desc = context canceled',
            // A busy or distant registry says nothing against the image, whatever else it says.
            'error pulling image: denied: toomanyrequests: too many failed login attempts',
            'failed to authorize: failed to fetch oauth token: unauthorized: read tcp 10.0.0.7:41022: i/o timeout',
            'Back-off pulling image "node:22"'
        ];

        for (const message of words) {
            it(message, () => {
                expect(reasonOf(podWithout(message), 300)).to.equal('');
                expect(reasonOf(podWithout(message))).to.equal(
                    `The image node:22 is not there yet: the cluster tries again. ${message}`
                );
            });
        }

        it('counted from when the pod came to its node', () => {
            const of = (seconds: number) => new Date(Date.now() - seconds * 1000);
            const status = { phase: 'Pending', startTime: of(590) };
            const pull = waiting('ImagePullBackOff');

            expect(reasonOf(podOf(pull, status), 600)).to.equal('');
            expect(reasonOf(podOf(pull, { ...status, startTime: of(610) }), 600)).to.match(/is not there yet/);
        });
    });

    it('is not judged by words in its own name', () => {
        const image = 'r.example/denied:1';
        const pod = podWithout(`Back-off pulling image "${image}"`, 'ImagePullBackOff');

        for (const container of pod.spec?.containers ?? []) container.image = image;
        expect(reasonOf(pod, 300)).to.equal('');
    });

    it('of the job tools is named, and so is one that the cluster has added', () => {
        const missing = waiting('ErrImagePull', 'manifest unknown');

        expect(reasonOf(podPreparing('job-tools', missing))).to.match(/^The image launcher:stable is not available/);
        expect(reasonOf(podPreparing('istio-init', missing))).to.match(
            /^The image istio\/proxyv2:1\.9\.5 of the init container istio-init is not available/
        );
    });
});
