import type { Metadata } from '@grpc/grpc-js';
import { refusalOf, type Users } from './access.ts';
import type { Calls, Rpc, Sockets } from './calls.ts';
import type { Fault, Faults } from './faults.ts';
import type { Refusal } from './refusals.ts';
import type { View } from './view.ts';

export interface Member {
  readonly host: string;
  readonly port: number;
  /** `unknown`: an election is going on. */
  readonly state: 'leader' | 'follower' | 'unknown';
  readonly alive: boolean;
}

/** One server, as its calls see it. */
export interface Node {
  readonly view: View;
  readonly faults: Faults;
  readonly calls: Calls;
  readonly sockets: Sockets;
  readonly users: Users | undefined;
  members(): readonly Member[];
  /** Why this node cannot take the call: it is no leader, or there is none. */
  unfit(rpc: Rpc, requiresLeader: boolean): Refusal | undefined;
}

export const requiresLeader = (metadata: Metadata): boolean => metadata.get('requires-leader')[0] === 'true';

export const mayNot = (node: Node, rpc: Rpc, metadata: Metadata, stream: string): Refusal | undefined =>
  refusalOf(node.users, metadata, stream) ?? node.unfit(rpc, requiresLeader(metadata));

/** An answer, a refusal, or nothing at all. */
export type Answer<T> = { readonly answer: T } | { readonly refusal: Refusal } | undefined;

export const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
export const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Does what was asked, with whatever the call is to meet. */
export const misbehaving = async <T>(
  node: Node,
  fault: Fault | undefined,
  peer: string,
  act: () => Promise<Answer<T>>,
): Promise<Answer<T>> => {
  switch (fault?.kind) {
    case undefined:
      return act();
    case 'late': {
      const answer = await act();
      await pause(fault.ms);
      return answer;
    }
    case 'refused':
      return { refusal: fault.refusal };
    case 'silent':
      if (fault.stored) await act();
      return undefined;
    case 'cut':
      if (fault.stored) await act();
      node.sockets.cut(peer);
      return undefined;
    case 'ended':
      throw new Error('only reads and subscriptions can be ended');
  }
};
