import fs = require('node:fs');
import path = require('node:path');
import { loadYaml } from '../../examples/kubernetes-executor/node_modules/@kubernetes/client-node';

const DOCUMENT = path.join(__dirname, '../../docs/engines.md');

/** The first YAML block in docs/engines.md that contains these words. */
export function documented<Content>(words: string): Content {
    const blocks = fs.readFileSync(DOCUMENT, 'utf8').matchAll(/```yaml\n([^`]+)```/g);
    const [, yaml = ''] = [...blocks].find(([, block]) => block?.includes(words)) ?? [];

    return loadYaml<Content>(yaml);
}
