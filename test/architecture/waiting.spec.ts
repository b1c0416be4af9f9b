import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** What is waited for by hand in several places is wrong in one of them: libs/resilience has each way of it once. */
const BY_HAND: Readonly<Record<string, { readonly pattern: RegExp; readonly allowed: readonly string[] }>> = {
  'a joint signal (jointSignal)': { pattern: /AbortSignal\.any\b/, allowed: [] },
  'a pause (pause)': {
    pattern: /node:timers\/promises|resolve\w*\s*=>\s*setTimeout/,
    allowed: ['libs/resilience/src/pause.ts'],
  },
  'a backoff (backOff)': {
    pattern: /\*\s*2\s*\*\*\s*(Math\.min|\w*attempt|\w*failure)/i,
    allowed: ['libs/resilience/src/backoff.ts'],
  },
  'a deadline (within)': {
    pattern: /Promise\.race\b/,
    // Whichever comes first of things that all are meant to come; no deadline is among them.
    allowed: ['libs/program/src/run.ts', 'libs/timers/src/fire-timers.ts'],
  },
};

const withoutComments = (text: string): string => text.replace(/\/\*[\s\S]*?\*\/|(?<![:'"`])\/\/.*/g, '');

const sources = async (): Promise<string[]> => {
  const found: string[] = [];
  for (const place of ['apps', 'libs'])
    for (const name of await readdir(place, { recursive: true }))
      if (/\.ts$/.test(name) && !/\.(spec|stories|contract)\.ts$/.test(name))
        found.push(join(place, name).replaceAll('\\', '/'));
  return found;
};

describe('waiting', () => {
  it.each(Object.entries(BY_HAND))('knows %s from one place', async (_what, { pattern, allowed }) => {
    const found: string[] = [];
    for (const source of await sources())
      if (pattern.test(withoutComments(await readFile(source, 'utf8')))) found.push(source);
    expect(found.sort()).toEqual([...allowed].sort());
  });
});
