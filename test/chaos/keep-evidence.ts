import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Command, Evidence, Violation } from './check/evidence.ts';
import type { World } from './world/world.ts';

/** Writes down what was found, with everything that it was found in; answers the directory. The texts in it are invented. */
export const keepEvidence = async (
  world: World,
  violations: readonly Violation[],
  commands: readonly Command[],
  evidence: Evidence | undefined,
): Promise<string> => {
  const directory = await mkdtemp(join(tmpdir(), 'redress-chaos-evidence-'));
  const lines = (name: string, things: readonly unknown[]): Promise<void> =>
    writeFile(join(directory, name), things.map((thing) => `${JSON.stringify(thing)}\n`).join(''));
  await lines('violations.jsonl', violations);
  await lines('facts.jsonl', evidence?.facts ?? []);
  await lines('commands.jsonl', commands);
  await lines('messages.jsonl', evidence?.messages ?? []);
  for (const replica of world.replicas) await replica.keepLogs(directory);
  return directory;
};
