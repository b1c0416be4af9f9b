import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

/** Each room, lowest first, with patterns of what it may use. */
const { pure, onNode } =
  jest.requireActual<Record<'pure' | 'onNode', Record<string, readonly string[]>>>('./rooms.cjs');
const rooms = { ...pure, ...onNode };

/** What a table of rooms allows to be used although it does not stand before who uses it: `a -> b`. */
const upwards = (table: Record<string, readonly string[]>): string[] =>
  Object.entries(table).flatMap(([room, allowed], index, all) =>
    all
      .slice(index + 1)
      .filter(([above]) => allowed.some((pattern) => new RegExp(pattern).test(`${above}/src/file.ts`)))
      .map(([above]) => `${room} -> ${above}`),
  );

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
    const there = await Promise.all(
      ['libs', 'apps'].map(async (place) => (await readdir(place)).map((room) => `${place}/${room}`)),
    );
    expect(Object.keys(rooms).sort()).toEqual(there.flat().sort());
  });

  it('has rooms in a strict order, and would notice a circle of two', () => {
    expect(upwards(rooms)).toEqual([]);
    expect(upwards({ ...rooms, 'libs/calendar': [...rooms['libs/calendar']!, '^libs/policy/'] })).toEqual([
      'libs/calendar -> libs/policy',
    ]);
  });

  it('would notice a circle of files that only types close', async () => {
    const place = await mkdtemp('libs/calendar/intruder-');
    try {
      await writeFile(join(place, 'one.ts'), `import type { Two } from './two.ts';\nexport type One = Two | 1;`);
      await writeFile(join(place, 'two.ts'), `import type { One } from './one.ts';\nexport type Two = { one: One };`);
      expect(await cruise(place)).toMatch(/no circles between files, of types neither: .*one.ts →\s+.*two.ts/);
    } finally {
      await rm(place, { recursive: true });
    }
  }, 120_000);

  it('would notice what closes a circle of rooms', async () => {
    const place = await mkdtemp('libs/calendar/intruder-');
    try {
      await writeFile(join(place, 'up.ts'), `import type { Policy } from '#policy/policy';\nexport type Up = Policy;`);
      expect(await cruise(place)).toMatch(/libs\/calendar may only use what is listed: .*up.ts → .*policy.ts/);
    } finally {
      await rm(place, { recursive: true });
    }
  }, 120_000);

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
