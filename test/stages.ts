import { spawnSync } from 'node:child_process';

/** `npm test`, stage by stage. */
const STAGES = {
    build: 'npm run build && npm run build --workspaces --if-present',
    lint: 'npm run lint',
    types: 'npm run test:types',
    unit: 'npm run test:unit',
    package: 'npm run test:package'
};

const took: string[] = [];

for (const [stage, command] of Object.entries(STAGES)) {
    const begun = performance.now();

    console.log(`\n== ${stage}: ${command}`);
    const { status } = spawnSync(command, { shell: true, stdio: 'inherit' });

    took.push(`${stage} ${Math.round((performance.now() - begun) / 1000)} s`);
    if (status !== 0) {
        console.error(`\nFailed: ${stage} (${took.join(', ')}). Repeat it alone: ${command}`);
        process.exit(1);
    }
}
console.log(`\nPassed: ${took.join(', ')}, ${Math.round(performance.now() / 1000)} s in all`);
