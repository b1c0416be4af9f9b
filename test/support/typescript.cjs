// Runs one of our TypeScript programs as a child process of a spec, on every Node that we support, compiled as jest does:
// `node test/support/typescript.cjs program.ts arguments…`
const { readFileSync } = require('node:fs');
const Module = require('node:module');
const { resolve } = require('node:path');
const { transformSync } = require('@swc/core');

Module._extensions['.ts'] = (module, filename) => {
  const { code } = transformSync(readFileSync(filename, 'utf8'), {
    filename,
    swcrc: false,
    jsc: {
      target: 'es2022',
      keepClassNames: true,
      parser: { syntax: 'typescript', decorators: true },
      transform: { legacyDecorator: true, decoratorMetadata: true },
    },
    module: { type: 'commonjs' },
  });
  module._compile(code, filename);
};

require('./subpath-imports.cjs');
process.argv.splice(1, 1);
require(resolve(process.argv[1]));
