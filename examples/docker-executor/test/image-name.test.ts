import { expect } from 'chai';
import { withTag } from '../lib/image-name';

const HEX = 'a'.repeat(64);

describe('docker executor: the name of an image', () => {
    for (const [name, tagged] of Object.entries({
        node: 'node:latest',
        'node:20.19-slim': 'node:20.19-slim',
        'team/some_app__x-y': 'team/some_app__x-y:latest',
        'localhost/app': 'localhost/app:latest',
        'registry.example:5000/team/app': 'registry.example:5000/team/app:latest',
        'Registry.Example/app:V_1': 'Registry.Example/app:V_1',
        '127.0.0.1:5000/app:1': '127.0.0.1:5000/app:1',
        '[::1]:5000/app': '[::1]:5000/app:latest',
        [`app@sha256:${HEX}`]: `app@sha256:${HEX}`,
        [`registry.example/app:1@sha256:${HEX}`]: `registry.example/app:1@sha256:${HEX}`
    })) {
        it(`may be ${name}`, () => {
            expect(withTag(name)).to.equal(tagged);
        });
    }

    for (const name of [
        '',
        '../lib/../v1.40/containers/x?',
        'team/../app',
        'registry.example/../app',
        'app?x=1',
        'app#x',
        'app%2e%2e',
        'an app',
        'app\n',
        '/app',
        'app/',
        'team//app',
        'App',
        'Team/app',
        'app:',
        'app:1:2',
        'app:-1',
        `app:${'x'.repeat(129)}`,
        'app@',
        'app@sha256:12',
        `app@sha256:${'g'.repeat(64)}`,
        'registry.example:port/app',
        'registry.example/',
        'x'.repeat(256)
    ]) {
        it(`cannot be ${JSON.stringify(name).slice(0, 40)}`, () => {
            expect(withTag(name)).to.equal(undefined);
        });
    }
});
