// Lets Node's own `require` find subpath imports (`#desk/…`) among the sources, whether anything was built from them or
// not. Specs have jest's moduleNameMapper for it; this is for what runs outside of them.
const { readFileSync } = require('node:fs');
const Module = require('node:module');
const { resolve } = require('node:path');

const root = resolve(__dirname, '../..');
const { imports } = JSON.parse(readFileSync(resolve(root, 'package.json'), 'utf8'));
const resolveFilename = Module._resolveFilename;
Module._resolveFilename = function (request, ...rest) {
  const [name, path] = /^(#[a-z-]+)\/(.+)$/.exec(request)?.slice(1) ?? [];
  const source = name && imports[`${name}/*`]?.source;
  return resolveFilename.call(this, source ? resolve(root, source.replace('*', path)) : request, ...rest);
};
