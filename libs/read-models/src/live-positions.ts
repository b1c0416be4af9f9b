import type { Pool } from 'pg';
import type { Position } from '#ledger/stream/port';
import { Batcher } from '#resilience/batcher';
import { countdown } from '#resilience/deadline';
import { pause, untilNextMoment } from '#resilience/pause';
import { subscriptionOf } from './generations.ts';
import type { Projection } from './projection.ts';

/** How often is looked whether a generation that answers has come further, in milliseconds. */
const LOOK_MS = 20;

/**
 * How far the generations that answer have read. However many wait, and for whichever model: they look at the same
 * moments, and who looks at one moment is answered by one statement.
 */
export class LivePositions {
  private readonly looks: Batcher<Model, Position | undefined>;

  private constructor(pool: Pool) {
    this.looks = new Batcher((models) => positionsOf(pool, models), { most: 10_000 });
  }

  static in(pool: Pool): LivePositions {
    let positions = ofPools.get(pool);
    if (!positions) ofPools.set(pool, (positions = new LivePositions(pool)));
    return positions;
  }

  /** Whether a model has reached a position within some time; it is looked at least once. */
  async reached(model: Model, position: string, patienceMs: number): Promise<boolean> {
    for (const left = countdown(patienceMs); ;) {
      const stands = await this.looks.ask(model);
      // Positions of one ledger compare as strings.
      if (stands !== undefined && stands >= position) return true;
      if (left() === 0) return false;
      if (left() < LOOK_MS) await pause(left());
      else await untilNextMoment(LOOK_MS);
    }
  }
}

const ofPools = new WeakMap<Pool, LivePositions>();

type Model = Pick<Projection, 'model' | 'version'>;

/** Undefined: no generation answers, or it has read nothing yet. */
const positionsOf = async (pool: Pool, models: readonly Model[]): Promise<(Position | undefined)[]> => {
  const asked = [...new Set(models.map(({ model }) => model))];
  const { rows } = await pool.query<{ model: string; version: number; position: Position | null }>(
    `select m.model, m.version, c.position from es.read_models m
       join es.checkpoints c on c.subscription = $2 || m.schema
      where m.state = 'live' and m.model = any($1)`,
    [asked, subscriptionOf('')],
  );
  const known = new Map(rows.map(({ model, version, position }) => [`${model} ${version}`, position ?? undefined]));
  return models.map(({ model, version }) => known.get(`${model} ${version}`));
};
