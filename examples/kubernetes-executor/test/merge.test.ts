import { expect } from 'chai';
import { merge } from '../lib/merge';

describe('kubernetes executor: a template is merged into a pod', () => {
    const cases: [title: string, base: object, patch: object, merged: object][] = [
        ['member by member', { a: { b: 1, c: 2 } }, { a: { c: 3 } }, { a: { b: 1, c: 3 } }],
        ['and null removes', { a: { b: 1, c: 2 }, d: 3 }, { a: { b: null }, d: null }, { a: { c: 2 } }],
        ['and null in a new part leaves nothing', {}, { a: { b: null } }, { a: {} }],
        ['and a list replaces another', { args: [1, 2] }, { args: [3] }, { args: [3] }],
        [
            'containers and variables by their names',
            { containers: [{ name: 'build', env: [{ name: 'A', value: '1' }] }] },
            { containers: [{ name: 'other' }, { name: 'build', env: [{ name: 'B', value: '2' }] }] },
            {
                containers: [
                    {
                        name: 'build',
                        env: [
                            { name: 'A', value: '1' },
                            { name: 'B', value: '2' }
                        ]
                    },
                    { name: 'other' }
                ]
            }
        ],
        [
            'mounts by their paths, not by their volumes',
            { volumeMounts: [{ name: 'job-tools', mountPath: '/opt/sd' }] },
            {
                volumeMounts: [
                    { name: 'job-tools', mountPath: '/tools' },
                    { name: 'job-tools', mountPath: '/opt/sd', readOnly: true }
                ]
            },
            {
                volumeMounts: [
                    { name: 'job-tools', mountPath: '/opt/sd', readOnly: true },
                    { name: 'job-tools', mountPath: '/tools' }
                ]
            }
        ],
        [
            'and a volume has one source',
            { volumes: [{ name: 'sd', emptyDir: {} }] },
            { volumes: [{ name: 'sd', hostPath: { path: '/sd' } }] },
            { volumes: [{ name: 'sd', hostPath: { path: '/sd' } }] }
        ],
        [
            'and a volume keeps its source',
            { volumes: [{ name: 'sd', emptyDir: {} }] },
            { volumes: [{ name: 'sd', emptyDir: { medium: 'Memory' } }] },
            { volumes: [{ name: 'sd', emptyDir: { medium: 'Memory' } }] }
        ],
        [
            'and a source is removed when another is added',
            { volumes: [{ name: 'sd', emptyDir: {} }] },
            { volumes: [{ name: 'sd', emptyDir: null, hostPath: { path: '/sd' } }] },
            { volumes: [{ name: 'sd', hostPath: { path: '/sd' } }] }
        ],
        [
            'and a variable has either a value or a source',
            {
                env: [
                    { name: 'A', value: '1' },
                    { name: 'B', valueFrom: { fieldRef: {} } },
                    { name: 'C', value: '1' }
                ]
            },
            {
                env: [
                    { name: 'A', valueFrom: { secretKeyRef: {} } },
                    { name: 'B', value: '2' },
                    { name: 'C', value: '3' }
                ]
            },
            {
                env: [
                    { name: 'A', valueFrom: { secretKeyRef: {} } },
                    { name: 'B', value: '2' },
                    { name: 'C', value: '3' }
                ]
            }
        ],
        [
            'and a variable has one source',
            { env: [{ name: 'A', valueFrom: { fieldRef: { fieldPath: 'spec.nodeName' } } }] },
            { env: [{ name: 'A', valueFrom: { secretKeyRef: { name: 's' } } }] },
            { env: [{ name: 'A', valueFrom: { secretKeyRef: { name: 's' } } }] }
        ]
    ];

    for (const [title, base, patch, merged] of cases) {
        it(title, () => {
            const before = structuredClone(base);

            expect(merge(base, patch)).to.deep.equal(merged);
            expect(base).to.deep.equal(before);
        });
    }
});
