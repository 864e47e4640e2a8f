import { expect } from 'chai';
import { settingsFrom } from '../lib/settings';

const settingsOf = (podTemplate: unknown) => settingsFrom({ jobTools: 'launch', podTemplate } as never);

describe('kubernetes executor: a pod template', () => {
    it('may contain whatever a pod can, null to remove members, and numbers for quantities', () => {
        for (const template of [
            {},
            { apiVersion: 'v1', kind: 'Pod', metadata: { labels: { team: 'a' }, annotations: null }, spec: null },
            {
                spec: {
                    nodeSelector: { disk: 'ssd' },
                    activeDeadlineSeconds: null,
                    tolerations: [{ operator: 'Exists' }]
                }
            },
            { spec: { containers: [{ name: 'build', resources: { requests: { cpu: 1, memory: '1Gi' } } }] } },
            { spec: { containers: [{ name: 'build', livenessProbe: { httpGet: { port: 'http' } } }] } },
            { spec: { containers: [{ name: 'build', livenessProbe: { httpGet: { port: 8080 } } }] } }
        ])
            expect(settingsOf(template).podTemplate).to.deep.equal(template);
    });

    const wrong: [template: unknown, message: string][] = [
        [{ metadata: { name: 'x' } }, `"podTemplate.metadata.name" is the executor's own`],
        [{ metadata: { namespace: 'x' } }, `"podTemplate.metadata.namespace" is the executor's own`],
        [{ metadata: { generateName: 'x-' } }, `"podTemplate.metadata.generateName" is the executor's own`],
        [
            { metadata: { labels: { 'screwdriver.cd/build': '8' } } },
            `"podTemplate.metadata.labels["screwdriver.cd/build"]" is the executor's own`
        ],
        [
            { metadata: { annotations: { 'screwdriver.cd/secret': 'x' } } },
            `"podTemplate.metadata.annotations["screwdriver.cd/secret"]" is the executor's own`
        ],
        [{ containers: [] }, '"podTemplate.containers" is not known'],
        [{ spec: { nodeselector: {} } }, '"podTemplate.spec.nodeselector" is not known'],
        [{ spec: { containers: { name: 'build' } } }, '"podTemplate.spec.containers" must be a list'],
        [{ spec: { containers: ['build'] } }, '"podTemplate.spec.containers[0]" must be an object'],
        [{ spec: { containers: [{ image: 'x' }] } }, '"podTemplate.spec.containers[0].name" is required'],
        [{ spec: { hostNetwork: 'yes' } }, '"podTemplate.spec.hostNetwork" must be a boolean'],
        [
            { spec: { containers: [{ name: 'build', env: [{ name: 'A', valueFrom: { fieldRef: 'x' } }] }] } },
            '"podTemplate.spec.containers[0].env[0].valueFrom.fieldRef" must be an object'
        ]
    ];

    for (const [template, message] of wrong) {
        it(`is refused when the executor is constructed: ${JSON.stringify(template)}`, () => {
            expect(() => settingsOf(template)).to.throw(message);
        });
    }

    it('is refused with all its errors at once', () => {
        expect(() => settingsOf({ metadata: { name: 'x' }, spec: { hostNetwork: 1 } })).to.throw(
            /metadata\.name" .*spec\.hostNetwork" must be a boolean/
        );
    });
});
