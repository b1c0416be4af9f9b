import type { CommandBus } from '@nestjs/cqrs';
import type { Logger } from 'pino';
import type { Work } from '../../../libs/program/src/daemon.ts';
import type { Parts } from '../../../libs/program/src/parts.ts';
import { watchOf } from '../../../libs/program/src/watches.ts';
import { FILTER, PROCESS_MANAGER, startProcessManager } from './process-manager.ts';

/** The process manager at work, in a process of its own or beside others. */
export const managing = (parts: Parts, bus: CommandBus, signal: AbortSignal, log: Logger): Work => {
  const manager = startProcessManager({ store: parts.store, pool: parts.pool, bus, clock: parts.desk.clock, signal, log });
  return {
    ended: manager.ended,
    checks: [
      {
        name: 'timers',
        check: async () => {
          const { ready, timers } = await manager.status();
          return { ok: ready, detail: JSON.stringify(timers) };
        },
      },
    ],
    followers: [watchOf(parts, PROCESS_MANAGER, FILTER)],
  };
};
