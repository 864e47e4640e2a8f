import assert = require('node:assert/strict');
import { describe, it } from 'mocha';
import { images } from '../../images';
import { output, podTemplate } from '../cluster';
import { documented } from '../documented';
import { oneBuild } from '../one-build';

interface Template {
    spec: { initContainers?: object[]; containers: [{ name: string }] };
}

/** What builds try to do. */
const DEEDS = {
    chown: 'touch /tmp/a; chown 1234 /tmp/a',
    setuid: 'touch /tmp/tool; chown 1234 /tmp/tool && chmod 4755 /tmp/tool',
    su: `su build -c 'test $(id -u) = 1234'`,
    sudo: 'sudo -n true',
    ping: 'ping -c 1 127.0.0.1',
    work: 'echo at work > /tmp/b; cat /tmp/b'
};

describe('what a build in a pod may do', () => {
    const build = oneBuild();
    const hardened = documented<{ podTemplate: Template }>('allowPrivilegeEscalation').podTemplate;

    /** The deeds that a build can do. */
    async function possible(image: string, deeds: (keyof typeof DEEDS)[], { spec }: Template) {
        const value = deeds.map(deed => `(${DEEDS[deed]}) > /dev/null 2>&1 && echo "can ${deed}"`).join('; ');
        const [container] = spec.containers;
        const containers = [{ ...container, env: [{ name: 'STEPS', value }] }];

        build.use({ podTemplate: { spec: { ...podTemplate.spec, ...spec, containers } } });
        await build.start(image);

        return [...(await output(build.id)).matchAll(/^can (.+)$/gm)].map(([, deed]) => deed);
    }

    const asBefore: Template = { spec: { containers: [{ name: 'build' }] } };
    const asRoot = Object.keys(DEEDS).filter(deed => deed !== 'sudo') as (keyof typeof DEEDS)[];

    it('includes what real builds do, by default', async () => {
        assert.deepEqual(await possible(images.build('ok'), asRoot, asBefore), asRoot);
    });

    it('includes sudo for its user, by default', async () => {
        assert.deepEqual(await possible(images.sudo, ['sudo', 'work'], asBefore), ['sudo', 'work']);
    });

    it('is only ordinary work with the hardened set of docs/engines.md', async () => {
        assert.deepEqual(await possible(images.build('ok'), asRoot, hardened), ['work']);
    });

    it('does not include sudo for its user with that set', async () => {
        assert.deepEqual(await possible(images.sudo, ['sudo', 'work'], hardened), ['work']);
    });
});
