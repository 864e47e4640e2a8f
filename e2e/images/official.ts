import fs = require('node:fs');
import { basename, join } from 'node:path';
import { addPortableProgram, mustHavePatchelf } from './elf';

const TOOLS = '/opt/sd';
const DUMB_INIT = '/usr/bin/dumb-init';

/** A folder with real job tools, for a manual run: see CONTRIBUTING.md. Without it, substitutes are used. */
const { JOB_TOOLS } = process.env;
/** Checks that need a substitute are skipped with the real tools. */
export const isStandIn = !JOB_TOOLS;

/** Fills /opt/sd as the official image of the job tools does. */
export function addOfficialTools(root: string) {
    const folder = join(root, TOOLS);

    if (JOB_TOOLS) {
        fs.cpSync(JOB_TOOLS, folder, { recursive: true });

        return;
    }
    addPortableProgram(root, DUMB_INIT, TOOLS);
    addPortableProgram(root, process.execPath, TOOLS);
    for (const file of fs.readdirSync(join(__dirname, 'official'))) {
        const name = file === 'ask.js' ? file : basename(file, '.js');

        fs.copyFileSync(join(__dirname, 'official', file), join(folder, name));
        fs.chmodSync(join(folder, name), 0o755);
    }
}

/** Throws if a tool for the substitutes is missing. */
export function mustHaveOfficialTools() {
    if (JOB_TOOLS) return;
    fs.accessSync(DUMB_INIT);
    mustHavePatchelf();
}
