import type { Static, TObject } from '@sinclair/typebox';
import type { JsonObject } from './json.ts';

/** An event that is decided but not recorded yet. */
export interface Event<Type extends string = string, Data = unknown> {
  readonly type: Type;
  readonly data: Data;
}

/** A shape that facts were once stored in, and the pure step to the next one. Personal texts pass through unread. */
export interface PastShape {
  readonly version: number;
  /** From this version's data to the next one's. */
  readonly upcast: (data: JsonObject) => JsonObject;
}

/** What is known of one kind of fact: all that storing, reading and publishing it needs. */
export interface EventDescription<Type extends string = string, Data extends TObject = TObject> {
  readonly type: Type;
  /** Whose stream it lies in. */
  readonly noun: string;
  /** One line that a complaints officer would say. */
  readonly means: string;
  /** The shape version that is written now; 1 at first. */
  readonly version: number;
  readonly data: Data;
  /** Oldest first, one for each version below `version`. */
  readonly past: readonly PastShape[];
}

/** One fact, defined once (docs/architecture.md). Calling the definition makes an event of it. */
export interface EventDefinition<Type extends string, Data extends TObject> extends EventDescription<Type, Data> {
  (data: Static<Data>): Event<Type, Static<Data>>;
}

/** What an event definition makes. */
export type EventOf<Definition> =
  Definition extends EventDefinition<infer Type, infer Data> ? Event<Type, Static<Data>> : never;

export const defineEvent = <const Type extends string, Data extends TObject>(definition: {
  type: Type;
  noun: string;
  means: string;
  data: Data;
  version?: number;
  past?: readonly PastShape[];
}): EventDefinition<Type, Data> =>
  Object.assign((data: Static<Data>): Event<Type, Static<Data>> => ({ type: definition.type, data }), {
    version: 1,
    past: [],
    ...definition,
  });
