import type { Chance } from '../chance.ts';
import type { Notebook } from '../load/clerk.ts';
import { eventually, NeverSo } from '#test/support/eventually';
import type { World } from '../world/world.ts';

/** Something that goes wrong under load, and what must be so while it does. It mends what it broke before it returns. */
export interface Fault {
  readonly name: string;
  /** One line for `--help`. */
  readonly means: string;
  /** On which ledger it can happen; absent: on both. */
  readonly ledger?: 'eventstoredb';
  /** What this world lacks for it; undefined: it can be had. */
  readonly needs?: (world: World) => string | undefined;
  readonly act: (scene: Scene) => Promise<void>;
}

export interface Scene {
  readonly world: World;
  readonly chance: Chance;
  readonly notebook: Notebook;
  /** How long something stays broken, by the pace of the campaign: short in the suite. In milliseconds. */
  readonly whileMs: (shortest: number, longest: number) => number;
  /** Longer than any lease. */
  readonly longerThanLeasesMs: number;
}

/** Waits until it is so; when it never comes to be, that is a violation. The bound is generous: it is no measurement. */
export const soon = async (
  { notebook }: Pick<Scene, 'notebook'>,
  rule: string,
  isSo: () => Promise<boolean>,
  patienceMs = 60_000,
): Promise<boolean> => {
  try {
    return await eventually(isSo, rule, { withinMs: patienceMs, everyMs: 200 });
  } catch (error) {
    if (!(error instanceof NeverSo)) throw error;
    notebook.violations.push({ rule, found: error.message });
    return false;
  }
};

/** True when a follower has passed a place in the ledger. Generations of read models that nobody asks stand still. */
export const passes = async (world: World, subscriptions: string, place: bigint): Promise<boolean> => {
  const rows = await world.cluster
    .query<{ position: string | null }>(
      `select position from es.checkpoints c where subscription like $1 and not exists
         (select from es.read_models m where m.state <> 'live' and c.subscription = 'projector:' || m.schema)`,
      [subscriptions],
    )
    .catch(() => []);
  return rows.length > 0 && rows.every(({ position }) => position !== null && BigInt(position.split('.')[1]!) >= place);
};

/** How far the ledger is, as a number; 0 while nobody can tell. */
export const headOf = async (world: World): Promise<bigint> => {
  for (const { at } of world.doors()) {
    const answer = await fetch(`http://${at}/v1/events/latest-position`, { signal: AbortSignal.timeout(5_000) }).catch(
      () => undefined,
    );
    if (answer?.status !== 200) continue;
    const { position } = (await answer.json()) as { position: string | null };
    return position === null ? 0n : BigInt(position.split('.')[1]!);
  }
  return 0n;
};
