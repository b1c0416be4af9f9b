import { NestFactory } from '@nestjs/core';
import { CommandBus } from '@nestjs/cqrs';
import type { Logger } from 'pino';
import { DeskModule } from '#desk/desk.module';
import type { Work } from '#program/daemon';
import type { Parts } from '#program/program-dependencies';
import { watchOf } from '#program/watches';
import { FILTER, PROCESS_MANAGER, startProcessManager } from './process-manager.ts';

/** The process manager at work, with a desk of its own, in a process of its own or beside others. */
export const managing = async (parts: Parts, signal: AbortSignal, log: Logger): Promise<Work> => {
  const { store, pool, desk } = parts;
  const context = await NestFactory.createApplicationContext(DeskModule.with(desk), {
    logger: false,
    abortOnError: false,
  });
  const bus = context.get(CommandBus);
  const manager = startProcessManager({ store, pool, bus, clock: desk.clock, signal, log });
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
    close: () => context.close(),
  };
};
