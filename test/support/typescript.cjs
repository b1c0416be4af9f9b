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

// Subpath imports (`#desk/…`) resolve to the sources, not to what was built from them.
const root = resolve(__dirname, '../..');
const { imports } = JSON.parse(readFileSync(resolve(root, 'package.json'), 'utf8'));
const resolveFilename = Module._resolveFilename;
Module._resolveFilename = function (request, ...rest) {
  const [name, path] = /^(#[a-z-]+)\/(.+)$/.exec(request)?.slice(1) ?? [];
  const source = name && imports[`${name}/*`]?.source;
  return resolveFilename.call(this, source ? resolve(root, source.replace('*', path)) : request, ...rest);
};

process.argv.splice(1, 1);
require(resolve(process.argv[1]));
