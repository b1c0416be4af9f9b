import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const execute = promisify(execFile);
const root = process.cwd();
const cruise = async (...places: string[]): Promise<string> => {
  const program = join(root, 'node_modules/dependency-cruiser/bin/dependency-cruise.mjs');
  const result = await execute(
    process.execPath,
    [program, '--config', 'test/architecture/imports.cjs', '-T', 'err', ...places],
    { cwd: root },
  ).catch((error: { stdout: string; stderr: string }) => error);
  return result.stdout + result.stderr;
};

describe('the house', () => {
  it('has imports that point downwards only, each room within what it may use', async () => {
    expect(await cruise('apps', 'libs')).toContain('no dependency violations found');
  }, 120_000);

  it('lists every room', async () => {
    const listed = await readFile('test/architecture/imports.cjs', 'utf8');
    for (const place of ['apps', 'libs'])
      for (const room of await readdir(place)) expect(listed).toContain(`'${place}/${room}'`);
  });

  it('would notice Node, Nest and a room above in a pure room', async () => {
    const place = await mkdtemp('libs/complaint/intruder-');
    try {
      await mkdir(join(place, 'src'));
      await writeFile(
        join(place, 'src/intruder.ts'),
        `import { readFileSync } from 'node:fs';
import { Injectable } from '@nestjs/common';
import { transact } from '#ledger/stream/transact';
export const intruders = [readFileSync, Injectable, transact];`,
      );
      const found = await cruise(place);
      for (const intruder of ['fs', '@nestjs/common', 'libs/ledger/src/stream/transact.ts'])
        expect(found).toMatch(new RegExp(`libs/complaint may only use what is listed: .*intruder.ts → .*${intruder}`));
    } finally {
      await rm(place, { recursive: true });
    }
  }, 120_000);

  it('has a ledger of four parts, and would notice an adapter that reaches up', async () => {
    const parts = (await readdir('libs/ledger/src')).sort();
    expect(parts).toEqual(['adapters', 'copy', 'follow', 'stream']);
    const place = await mkdtemp('libs/ledger/src/adapters/intruder-');
    try {
      await writeFile(join(place, 'intruder.ts'), `export { follow } from '../../follow/follow.ts';`);
      expect(await cruise(place)).toMatch(/libs\/ledger\/src\/adapters may only use.*intruder.ts → .*follow.ts/);
    } finally {
      await rm(place, { recursive: true });
    }
  }, 120_000);
});
