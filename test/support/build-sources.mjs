import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { transformSync } from '@swc/core';

/**
 * Compiles rooms of the sources as they are now into ECMAScript modules in `place`, as in `dist`, without specs, source
 * maps and checks of types.
 */
export const buildSources = (root, place, rooms) => {
  const { imports } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  writeFileSync(join(place, 'package.json'), JSON.stringify({ type: 'module', imports: compiled(imports) }));
  symlinkSync(join(root, 'node_modules'), join(place, 'node_modules'), 'junction');
  for (const room of rooms)
    for (const name of readdirSync(join(root, room), { recursive: true, encoding: 'utf8' }))
      if (/(?<!\.(spec|contract|stories|d))\.ts$/.test(name)) compile(root, place, join(room, name));
};

/** The subpath imports of the sources, as they resolve when each file lies compiled where its source lies. */
const compiled = (imports) =>
  Object.fromEntries(Object.entries(imports).map(([name, { source }]) => [name, source.replace(/\.ts$/, '.js')]));

const compile = (root, place, source) => {
  const { code } = transformSync(readFileSync(join(root, source), 'utf8'), {
    filename: source,
    swcrc: false,
    jsc: {
      target: 'es2022',
      keepClassNames: true,
      parser: { syntax: 'typescript', decorators: true },
      transform: { legacyDecorator: true, decoratorMetadata: true, verbatimModuleSyntax: true },
      rewriteRelativeImportExtensions: true,
    },
    module: { type: 'es6' },
  });
  const target = join(place, source.replace(/\.ts$/, '.js'));
  mkdirSync(dirname(target), { recursive: true });
  writeFileSync(target, code);
};
