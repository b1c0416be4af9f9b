import type { Logger } from 'pino';
import type { RoomSchema } from '#postgres/tables';
import type { Settings } from '#settings/settings';
import { systemClock, type Clock } from '#time/clock';
import { databaseChecks, followerCheck, keysCheck, ledgerCheck, type HealthCheck } from './health.ts';
import { makeRegistry, watchFollowers, watchLive, type FollowerWatch } from './metrics.ts';
import { openingAll } from './opened.ts';
import { openParts, type Parts } from './program-dependencies.ts';
import type { Running } from './run.ts';
import { openWatchDoor } from './watch-door.ts';

/** What a program without an API brings to the parts that all share. */
export interface Daemon {
  readonly name: string;
  readonly rooms?: readonly RoomSchema[];
  /** Begins the work; it ends by the signal. */
  begin(parts: Parts, signal: AbortSignal, log: Logger): Promise<Work>;
}

export interface Work {
  /** Resolves when the work has ended: asked to, or because it could not go on. */
  readonly ended: Promise<unknown>;
  readonly checks: readonly HealthCheck[];
  readonly followers: readonly FollowerWatch[];
  close?(): Promise<void>;
}

/** Starts a program that follows the ledger: its parts, its work, and a door for health and metrics. */
export const startDaemon = (
  daemon: Daemon,
  settings: Settings,
  log: Logger,
  { clock = systemClock }: { readonly clock?: Clock } = {},
): Promise<Running> =>
  openingAll(async (opened) => {
    const parts = await openParts(settings, {
      databaseUrl: settings.databaseUrl!,
      name: daemon.name,
      mint: false,
      log,
      clock,
      ...(daemon.rooms && { rooms: daemon.rooms }),
    });
    opened.closeBy(() => parts.close());
    const end = new AbortController();
    const work = await daemon.begin(parts, end.signal, log);
    // A follower that stopped stays up and unready: who operates it must see why, and a restart changes nothing until that is mended.
    opened.closeBy(async () => {
      end.abort();
      await work.ended;
      await work.close?.();
    });
    const registry = makeRegistry();
    watchFollowers(registry, work.followers);
    watchLive(registry, parts.live);
    const checks = [
      ledgerCheck(parts.store),
      keysCheck(parts.vault),
      ...databaseChecks(parts.advice),
      ...work.checks,
      ...work.followers.map(followerCheck),
    ];
    const door = await openWatchDoor({ settings, checks, registry, log });
    opened.closeBy(async () => {
      door.closeAllConnections();
      await new Promise((resolve) => door.close(resolve));
    });
    return { stop: () => opened.close() };
  });
