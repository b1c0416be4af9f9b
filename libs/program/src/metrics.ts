import { collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import type { LiveCounts } from '#ledger/adapters/eventstoredb/append-notifier';
import type { FollowerStatus } from '#ledger/follow/status';
import { singleFlight } from '#resilience/single-flight';

/** How a follower stands, asked anew each time: it may run in another process. */
export interface FollowerWatch {
  readonly subscription: string;
  readonly read: () => Promise<FollowerStatus>;
}

/** A registry of one's own: two services in one process (tests) do not share counters. */
export const makeRegistry = (): Registry => {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  return registry;
};

/** Gauges for each follower: how far it lags, in facts and seconds, what it parked, whether it runs. */
export const watchFollowers = (registry: Registry, followers: readonly FollowerWatch[]): void => {
  if (followers.length === 0) return;
  const look = singleFlight(() =>
    Promise.all(
      followers.map(async ({ subscription, read }) => ({ subscription, status: await read().catch(() => undefined) })),
    ),
  );
  const gauge = (
    name: string,
    help: string,
    valueOf: (status: FollowerStatus | undefined) => number | undefined,
  ): Gauge =>
    new Gauge({
      name,
      help,
      labelNames: ['subscription'],
      registers: [registry],
      async collect() {
        for (const { subscription, status } of await look()) {
          const value = valueOf(status);
          if (value === undefined) this.remove({ subscription });
          else this.set({ subscription }, value);
        }
      },
    });
  gauge('redress_follower_lag_facts', 'Facts that are not applied, exact to 10,000.', (status) => status?.lagFacts);
  gauge('redress_follower_lag_seconds', 'Age of the oldest fact that is not applied.', (status) => status?.lagSeconds);
  gauge(
    'redress_follower_parked_facts',
    'Facts that wait because they could not be applied, or stand behind such a one in their stream.',
    (status) => status?.parked,
  );
  gauge(
    'redress_follower_parked_behind_facts',
    'Those among them that only stand behind another.',
    (status) => status?.parkedBehind,
  );
  gauge(
    'redress_follower_stopped',
    '1: it met a fact that it may not pass over.',
    (status) => status && Number(status.state === 'stopped'),
  );
  gauge(
    'redress_follower_owned',
    '1: a process follows; 0: nobody does at the moment.',
    (status) => status && Number(status.owner !== undefined),
  );
  new Gauge({
    name: 'redress_follower_owner',
    help: '1 for the process that follows, as machine:process.',
    labelNames: ['subscription', 'owner'],
    registers: [registry],
    async collect() {
      this.reset();
      for (const { subscription, status } of await look())
        if (status?.owner !== undefined) this.set({ subscription, owner: status.owner }, 1);
    },
  });
  gauge('redress_follower_unreadable', '1: how it stands could not be read.', (status) => Number(status === undefined));
};

/** How often the live subscription ended that wakes the followers of a ledger on EventStoreDB. Facts do not come by it. */
export const watchLive = (registry: Registry, live: (() => LiveCounts) | undefined): void => {
  if (!live) return;
  new Gauge({
    name: 'redress_ledger_live_ends',
    help: 'Ends of the live subscription since the start: slow = the server let go of a reader that lagged, which is ordinary; broken = any other.',
    labelNames: ['why'],
    registers: [registry],
    collect() {
      const { droppedAsSlow, broken } = live();
      this.set({ why: 'slow' }, droppedAsSlow);
      this.set({ why: 'broken' }, broken);
    },
  });
};
