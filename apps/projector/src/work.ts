import type { Logger } from 'pino';
import type { Work } from '#program/daemon';
import type { Parts } from '#program/program-dependencies';
import { readModelWatches } from '#program/watches';
import { startProjector } from './projector.ts';

/** The projector at work, in a process of its own or beside others. */
export const projecting = (parts: Parts, signal: AbortSignal, log: Logger): Work => {
  const projector = startProjector({
    store: parts.store,
    pool: parts.pool,
    clock: parts.desk.clock,
    vault: parts.vault,
    secrets: parts.secrets,
    signal,
    log,
  });
  return {
    ended: projector.ended,
    checks: [
      {
        name: 'projector',
        check: async () => {
          const { ready, models } = await projector.status();
          return { ok: ready, detail: models.map(({ model, state }) => `${model} ${state}`).join(', ') };
        },
      },
    ],
    followers: readModelWatches(parts),
  };
};
