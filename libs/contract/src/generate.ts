import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { JsonObject } from '#fact/json';
import { incompatibilities } from './compatibility.ts';
import { PUBLISHED, SCHEMAS, generatedFiles } from './generated-files.ts';

/**
 * Writes what is generated from the definitions, in the checkout that it is started in, and lets the published copies
 * follow where that only adds. A schema that breaks its published copy is written, and the copy is left alone: the gate
 * fails until it is taken back.
 */
const files = generatedFiles();

for (const old of existsSync(SCHEMAS) ? readdirSync(SCHEMAS) : [])
  if (old.endsWith('.json') && !files.has(`${SCHEMAS}/${old}`)) rmSync(join(SCHEMAS, old));

for (const [path, content] of files) {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
}

mkdirSync(PUBLISHED, { recursive: true });
let broken = 0;
for (const [path, content] of files) {
  if (!path.startsWith(SCHEMAS)) continue;
  const copy = join(PUBLISHED, basename(path));
  const breaks = existsSync(copy)
    ? incompatibilities(JSON.parse(readFileSync(copy, 'utf8')) as JsonObject, JSON.parse(content) as JsonObject)
    : [];
  if (breaks.length === 0) writeFileSync(copy, content);
  for (const one of breaks) console.error(`${basename(path)}: ${one}`);
  broken += breaks.length;
}
console.log(`${files.size} files written${broken > 0 ? `; ${broken} breaks of what is published` : ''}`);
process.exitCode = broken > 0 ? 1 : 0;
