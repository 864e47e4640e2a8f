'use strict';

const fs = require('node:fs');
const Module = require('node:module');

/** Loads one file with one line replaced: nothing on the disk changes, so that mutants can run side by side. */
const { file, line, text } = JSON.parse(process.env.MUTANT);
const load = Module._extensions['.js'];

Module._extensions['.js'] = (module, path) => {
    if (fs.realpathSync(path) !== file) return load(module, path);
    const lines = fs.readFileSync(path, 'utf8').split('\n');

    lines[line] = text;

    return module._compile(lines.join('\n'), path);
};
