import { inspect } from 'node:util';
import { expect } from 'chai';
import { clusterError, ended, foreign, isExisting, isUnsent, lost } from '../lib/errors';

/** An error as the client makes it from an answer. */
function answer(code: number, message: string) {
    const body = JSON.stringify({ kind: 'Status', apiVersion: 'v1', status: 'Failure', message, code });

    return Object.assign(new Error(`HTTP-Code: ${code}\nMessage: Unknown API Status Code!\nBody: ${body}`), {
        code,
        body
    });
}

const pod = 'pods "sd-build-7" is forbidden: ';
const rbac =
    'pods is forbidden: User "system:serviceaccount:ci:executor" cannot create resource "pods" in API group "" ' +
    'in the namespace "builds"';

describe('kubernetes executor: the errors of the cluster', () => {
    describe('are final if the cluster refuses the pod, and say why', () => {
        const cases: [number, string][] = [
            [400, 'Pod in version "v1" cannot be handled as a Pod: json: cannot unmarshal string into Go value'],
            [422, 'Pod "sd-build-7" is invalid: spec.nodeSelector: Invalid value: "a b": a valid label must be'],
            [403, `${pod}violates PodSecurity "restricted:latest": runAsNonRoot != true`],
            [403, `${pod}PodSecurityPolicy: unable to admit pod: []`],
            [403, `${pod}[maximum cpu usage per Container is 2, but limit is 4]`],
            [403, `${pod}no PriorityClass with name builds was found`],
            [403, `${pod}failed quota: builds: must specify limits.ephemeral-storage`],
            [403, `${pod}error looking up service account builds/ci: serviceaccount "ci" not found`],
            [403, 'admission webhook "validation.gatekeeper.sh" denied the request: User "ci" cannot use this image'],
            [400, 'admission webhook "policy.example" denied the request without explanation'],
            [422, `${pod}ValidatingAdmissionPolicy 'freeze' with binding 'all' denied request: frozen`],
            [403, `ValidatingAdmissionPolicy 'freeze' with binding 'all' denied request: frozen`]
        ];

        for (const [code, text] of cases) {
            it(`${code} ${text}`, () => {
                const error = clusterError(answer(code, text));

                expect(error.toJSON()).to.include({
                    message: `Kubernetes answered ${code}: ${text}`,
                    code: 'KUBERNETES_REFUSED',
                    kind: 'configuration',
                    retryable: false,
                    statusCode: code
                });
                expect(error.userMessage).to.include(text).and.to.include('administrators').and.not.to.include('again');
            });
        }
    });

    it('name the namespace that does not exist', () => {
        const error = clusterError(answer(404, 'namespaces "builds" not found'));

        expect(error.toJSON()).to.include({ code: 'KUBERNETES_REFUSED', kind: 'configuration', retryable: false });
        expect(error.userMessage).to.match(/ no namespace builds, .* administrators\.$/);
    });

    describe('refer to the administrators if the executor may not run builds', () => {
        const cases: [number, string][] = [
            [401, 'Unauthorized'],
            [403, rbac],
            [403, 'forbidden: User "system:anonymous" cannot get path "/api"'],
            [403, 'Forbidden']
        ];

        for (const [code, text] of cases) {
            it(`${code} ${text}`, () => {
                const error = clusterError(answer(code, text));

                expect(error.toJSON()).to.include({
                    code: 'KUBERNETES_CLUSTER',
                    kind: 'authentication',
                    retryable: false
                });
                expect(error.userMessage)
                    .to.match(/Tell the cluster's administrators/)
                    .and.not.to.include('ci:executor');
            });
        }
    });

    describe('may pass', () => {
        const cases: [number, string, string][] = [
            [403, `${pod}exceeded quota: builds, requested: pods=1, used: pods=9, limited: pods=9`, 'capacity'],
            [403, `${pod}status unknown for quota: builds, resources: pods`, 'capacity'],
            [
                409,
                'Operation cannot be fulfilled on resourcequotas "builds": the object has been modified; please apply your ' +
                    'changes to the latest version and try again',
                'capacity'
            ],
            [409, 'Operation cannot be fulfilled on pods "sd-build-7": the object has been modified', 'engine'],
            [429, 'the server has received too many requests', 'engine'],
            [500, 'Internal error occurred: failed calling webhook "policy": context deadline exceeded', 'engine'],
            [500, 'admission webhook "policy" denied the request: its own server is down', 'engine'],
            [503, 'the server is currently unable to handle the request', 'engine']
        ];

        for (const [code, text, kind] of cases) {
            it(`${code} ${text}`, () => {
                const error = clusterError(answer(code, text));

                expect(error.toJSON()).to.include({ kind, retryable: true });
                expect(error.userMessage).to.include('Start the build again');
            });
        }

        for (const [code, kind] of [
            ['ECONNREFUSED', 'engine'],
            ['ECONNRESET', 'engine'],
            ['ERR_STREAM_PREMATURE_CLOSE', 'engine'],
            ['EMFILE', 'capacity'],
            ['ETIMEDOUT', 'timeout']
        ]) {
            it(`if there was no answer: ${code}`, () => {
                const error = clusterError(Object.assign(new Error(`connect ${code}`), { code }));

                expect(error.toJSON()).to.include({ message: `Kubernetes: connect ${code}`, kind, retryable: true });
            });
        }
    });

    describe('do not pass if they come from the kubeconfig', () => {
        const cases = {
            'an authority that it does not name': { code: 'DEPTH_ZERO_SELF_SIGNED_CERT' },
            'another host': { code: 'ERR_TLS_CERT_ALTNAME_INVALID' },
            'a server without TLS': { code: 'EPROTO' },
            'a file or a plug-in that is not there': { code: 'ENOENT' },
            'what the client itself says of it': {}
        };

        for (const [title, fields] of Object.entries(cases)) {
            it(title, () => {
                const error = clusterError(Object.assign(new Error('no'), fields));

                expect(error.toJSON()).to.include({
                    code: 'KUBERNETES_CLUSTER',
                    kind: 'configuration',
                    retryable: false
                });
                expect(error.userMessage).to.match(/administrators\.$/);
            });
        }
    });

    it('distinguish an object that already exists from a conflict', () => {
        const conflict = (reason: string) =>
            clusterError(Object.assign(new Error(), { code: 409, body: JSON.stringify({ message: 'no', reason }) }));

        expect(isExisting(conflict('AlreadyExists'))).to.equal(true);
        expect(isExisting(conflict('Conflict'))).to.equal(false);
        expect(isExisting(clusterError(Object.assign(new Error(), { code: 409, body: 'a proxy' })))).to.equal(false);
    });

    it('are quoted whole if they are not a Status of Kubernetes', () => {
        const proxy = Object.assign(new Error('Bad Request'), { code: 400, body: '{"error":"no route"}' });

        expect(clusterError(proxy).message).to.equal('Kubernetes answered 400: {"error":"no route"}');
    });

    it('do not show a token that the cluster quotes, in their message or in their cause', () => {
        const jwt = `eyJhbGciOiJSUzI1NiJ9.${'c'.repeat(40)}.${'s'.repeat(40)}`;
        const body = JSON.stringify({ message: `admission webhook denied the request: SD_TOKEN=${jwt}` });
        const error = clusterError(Object.assign(new Error(`HTTP-Code: 403 Body: ${body}`), { code: 403, body }));
        const shown = [inspect(error, { depth: 9, showHidden: true }), JSON.stringify(error), error.userMessage].join();

        expect(shown).to.include('SD_TOKEN=***');
        expect(shown).to.not.match(/eyJ|cccc|ssss/);
    });

    it('do not show a token that was sent to the cluster, in the encoding in which the cluster quotes it', () => {
        const jwt = `eyJhbGciOiJSUzI1NiJ9.${'c'.repeat(40)}.${'s'.repeat(40)}`;
        const data = Buffer.from(jwt).toString('base64');
        const body = JSON.stringify({ message: `admission webhook denied the request: {"SD_TOKEN":"${data}"}` });
        const error = clusterError(Object.assign(new Error(`HTTP-Code: 403 Body: ${body}`), { code: 403, body }), jwt);
        const shown = [inspect(error, { depth: 9, showHidden: true }), JSON.stringify(error), error.userMessage].join();

        expect(shown).to.include('***').and.not.include(data.slice(0, 20));
        expect(shown).to.not.include(data.slice(-20));
    });

    it('are about the image if a build did not start because of it', () => {
        const image = 'The image node:22 is not available: check its name and tag.';

        for (const error of [ended(7, image), lost(7, image)]) expect(error.kind).to.equal('image');
        for (const error of [ended(7, 'It is lost.'), lost(7, 'It is lost.')]) expect(error.kind).to.equal('engine');
    });

    it('say that it was too late, and leave classified errors unchanged', () => {
        const classified = foreign('sd-build-7');
        const invalid = Object.assign(new Error('"buildId" is required'), { isJoi: true });
        const late = clusterError(new DOMException('The operation was aborted', 'TimeoutError'));

        expect(late.toJSON()).to.include({ code: 'KUBERNETES_TIMEOUT', kind: 'timeout', retryable: true });
        expect(clusterError(classified)).to.equal(classified);
        expect(clusterError(invalid)).to.equal(invalid);
    });

    it('do not pass otherwise, and then do not advise another try', () => {
        const error = clusterError(answer(404, '404 page not found'));

        expect(error.toJSON()).to.include({ code: 'KUBERNETES_CLUSTER', kind: 'engine', retryable: false });
        expect(error.userMessage).to.match(/administrators\.$/);
    });

    it('name a pod that someone else has made, which is left alone', () => {
        const error = foreign('sd-build-7');

        expect(error.toJSON()).to.include({ code: 'KUBERNETES_POD_FOREIGN', kind: 'configuration', retryable: false });
        expect(error.message).to.match(/sd-build-7 .*screwdriver\.cd\/secret.*untouched/);
        expect(error.userMessage).to.include('sd-build-7');
    });

    it('distinguish a request that has not reached the cluster from one that may have', () => {
        const failed = (code: string) => clusterError(Object.assign(new Error(code), { code }));

        expect(isUnsent(failed('ECONNREFUSED'))).to.equal(true);
        expect(isUnsent(failed('ECONNRESET'))).to.equal(false);
    });
});
