import type { Users } from './access.ts';
import type { Rpc } from './calls.ts';
import { Log } from './log.ts';
import type { Member } from './node.ts';
import { notLeader, notReady, type Refusal } from './refusals.ts';
import { startEventStoreServer, type EventStoreServer } from './server.ts';

export interface EventStoreCluster {
  readonly nodes: readonly EventStoreServer[];
  /** `esdb://a,b,c`: the client asks them for the leader. */
  readonly url: string;
  readonly leader: EventStoreServer | undefined;
  /** Another node leads from now on. Undefined: nobody does, as between a death and an election. */
  lead(node: number | undefined): void;
  /** The node dies: connections break, its port is closed. Who led leads no more. */
  kill(node: number): Promise<void>;
  /** The followers stand still: what is written from now on is not seen there until `catchUp()`. */
  lag(): void;
  catchUp(): void;
  stop(): Promise<void>;
}

const WRITES: readonly Rpc[] = ['append', 'batchAppend', 'delete', 'tombstone'];

/**
 * Several nodes with one log. The leader and what followers see are moved by hand: there are no elections here; while
 * nobody leads, all say of themselves that they do not know what they are, as during one, and no client picks any. A
 * follower hands writes on to the leader, or names it to a caller who requires a leader; reads it answers by itself,
 * with what it has, unless the caller requires a leader.
 */
export const startEventStoreCluster = async (
  options: { readonly nodes?: number; readonly users?: Users } = {},
): Promise<EventStoreCluster> => {
  const log = new Log();
  const nodes: EventStoreServer[] = [];
  const dead = new Set<number>();
  let leads: number | undefined = 0;

  const members = (): Member[] =>
    nodes.map((node, at) => ({
      host: '127.0.0.1',
      port: node.port,
      state: leads === undefined ? 'unknown' : at === leads ? 'leader' : 'follower',
      alive: !dead.has(at),
    }));
  const unfit =
    (at: number) =>
    (rpc: Rpc, requiresLeader: boolean): Refusal | undefined => {
      if (at === leads || (!requiresLeader && !WRITES.includes(rpc))) return undefined;
      if (leads === undefined) return notReady;
      return requiresLeader ? notLeader('127.0.0.1', nodes[leads]!.port) : undefined;
    };
  const { users } = options;
  for (let at = 0; at < (options.nodes ?? 3); at++)
    nodes.push(await startEventStoreServer({ ...(users && { users }), member: { log, members, unfit: unfit(at) } }));

  const followers = (): EventStoreServer[] => nodes.filter((_, at) => at !== leads);
  return {
    nodes,
    url: `esdb://${nodes.map(({ port }) => `127.0.0.1:${port}`).join(',')}?tls=false`,
    get leader() {
      return leads === undefined ? undefined : nodes[leads];
    },
    lead: (node) => {
      leads = node;
      if (node !== undefined) nodes[node]!.view.thaw(); // who becomes a leader has everything that was acknowledged
    },
    kill: async (node) => {
      dead.add(node);
      if (leads === node) leads = undefined;
      await nodes[node]!.stop();
    },
    lag: () => followers().forEach(({ view }) => view.freeze()),
    catchUp: () => nodes.forEach(({ view }) => view.thaw()),
    stop: async () => {
      await Promise.all(nodes.filter((_, at) => !dead.has(at)).map((node) => node.stop()));
    },
  };
};
