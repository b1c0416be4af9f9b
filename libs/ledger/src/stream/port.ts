import type { JsonObject } from '#fact/json';
import type { FactMetadata } from '#fact/fact';
import type { NewKeyRow } from '#privacy/key-table';

/** The ledger's port: streams of facts, whatever store keeps them. What it promises is in the contract suite. */

/** The revision that the stream must have now; `no_stream` = it must not exist yet. There is no "any". */
export type ExpectedRevision = bigint | 'no_stream';

/**
 * Where a fact stands in the ledger's one order: `<epoch>.<20 digits>`, opaque, compared as strings within an epoch.
 * NOTE: published for ever (docs/formats.md, Published).
 */
export type Position = string & { readonly __brand: 'Position' };

/** A fact on its way into the ledger: personal texts are envelopes already, the digest is computed. */
export interface NewEvent {
  /** UUIDv7, made once, when the decision is made. */
  readonly id: string;
  readonly type: string;
  readonly data: JsonObject;
  readonly metadata: FactMetadata;
}

export interface RecordedEvent extends NewEvent {
  /** The stream's name without the deployment's prefix. */
  readonly stream: string;
  /** Zero-based, without gaps. */
  readonly revision: bigint;
  readonly position: Position;
}

export interface AppendResult {
  /** The revision and position of the append's last fact. */
  readonly revision: bigint;
  readonly position: Position;
  /** True: these very facts were there already. EventStoreDB cannot tell. */
  readonly deduplicated: boolean | 'unknown';
}

export interface AppendOptions {
  readonly signal?: AbortSignal;
  readonly timeoutMs?: number;
  /** Data keys minted for these facts; written in the same statement where the store can. */
  readonly newKeys?: readonly NewKeyRow[];
  /**
   * `interruptions` when it was last proved that the stream ends where it is expected to: nothing is sent by another way
   * than by that one (StoreUnavailable, or OutcomeUnknown after a call without an answer). Absent: by any.
   */
  readonly since?: number;
  /** Ids of all data keys used; an append under a key that was erased meanwhile throws KeyErased. */
  readonly usedKeys?: readonly string[];
}

export type EventFilter = { readonly streamPrefixes: readonly string[] } | { readonly types: readonly string[] };

export type SubscriptionSignal =
  | { readonly kind: 'batch'; readonly events: readonly RecordedEvent[]; readonly scannedTo: Position }
  /** A range that the filter left out: safe to checkpoint. */
  | { readonly kind: 'progress'; readonly scannedTo: Position }
  | { readonly kind: 'caught-up' }
  | { readonly kind: 'reconnecting'; readonly attempt: number; readonly cause: unknown };

export interface ReadStreamOptions {
  /** Inclusive. Absent: from the stream's first fact (forwards) or last (backwards). */
  readonly fromRevision?: bigint;
  readonly maxCount?: number;
  readonly direction?: 'forwards' | 'backwards';
  /** Sent at once, not together with what others ask for in this turn of the event loop: whoever asks has gathered already. */
  readonly atOnce?: boolean;
  readonly signal?: AbortSignal;
}

export interface ReadAllOptions {
  /** Exclusive, a position that this ledger gave. Absent: from the beginning. */
  readonly after?: Position;
  readonly maxCount: number;
  readonly filter?: EventFilter;
  readonly signal?: AbortSignal;
}

export interface SubscribeOptions {
  readonly after?: Position;
  readonly filter?: EventFilter;
  /** Default 500. */
  readonly maxBatch?: number;
  readonly signal: AbortSignal;
}

/** What is heard of one stream, from the first question on until the store is closed. */
export interface StreamWatch {
  /**
   * Another number whenever something new may be in the stream: what was read behind the same number is all there is. What
   * this process appended changes it before the append is answered, what others append as soon as the server tells. Undefined while nobody listens.
   */
  readonly heard: number | undefined;
}

export interface EventStore {
  /**
   * How often the way to the store broke, since the start. Behind a new one may stand a server that lacks what the old one
   * acknowledged: what is remembered of streams holds only while this stays. Absent: nothing may be remembered.
   */
  readonly interruptions?: number;
  /** Listens to a stream for who would read it again and again to see whether it grew. Absent: reading is that cheap. */
  watch?(stream: string): StreamWatch;
  /** The ledger's epoch: minted with it, changed when it is copied or restored. */
  epoch(): Promise<string>;
  /**
   * All or nothing, idempotent by the facts' ids at the expected revision, at most 1 MiB together.
   * Errors: ConcurrencyConflict, StreamDeleted, AppendRejected, OutcomeUnknown, StoreUnavailable, KeyErased.
   */
  append(
    stream: string,
    expected: ExpectedRevision,
    events: readonly [NewEvent, ...NewEvent[]],
    options?: AppendOptions,
  ): Promise<AppendResult>;
  /** A missing or soft-deleted stream yields nothing; a tombstoned one throws StreamDeleted. */
  readStream(stream: string, options?: ReadStreamOptions): AsyncIterable<RecordedEvent>;
  /** `scannedTo`: how far was read, facts left out by the filter included; absent when nothing lies after `after`. */
  readAll(
    options: ReadAllOptions,
  ): Promise<{ events: readonly RecordedEvent[]; scannedTo?: Position; atHead: boolean }>;
  /** Pull based; reconnects inside; resumes after the last batch that the caller has asked past; ends only by signal. */
  subscribe(options: SubscribeOptions): AsyncIterable<SubscriptionSignal>;
  /** The newest fact's position; undefined while the ledger is empty. */
  head(): Promise<Position | undefined>;
  health(): Promise<{ ok: boolean; kind: 'in-memory' | 'postgres' | 'eventstoredb'; detail?: string }>;
  close(): Promise<void>;
}

/** Somebody else appended first. Read again and decide again. */
export class ConcurrencyConflict extends Error {
  constructor(
    readonly stream: string,
    readonly expected: ExpectedRevision,
    readonly actual: bigint | 'no_stream',
  ) {
    super(`${stream} was expected at ${String(expected)} and is at ${String(actual)}`);
  }
}
/** The stream is gone for ever. Never retry. */
export class StreamDeleted extends Error {}
/** The facts cannot be stored as they are: too large, no UUID, not serialisable. Never retry. */
export class AppendRejected extends Error {
  constructor(
    readonly reason: 'empty' | 'invalid-id' | 'invalid-type' | 'not-serialisable' | 'too-large' | 'refused-by-store',
    message: string,
  ) {
    super(message);
  }
}
/** Sent, and no answer came. Retry with the SAME ids and the same expected revision. */
export class OutcomeUnknown extends Error {}
/** Certainly not stored. Retry freely. */
export class StoreUnavailable extends Error {}
/** A data key was erased between sealing and storing. Nothing was stored: seal anew. */
export class KeyErased extends Error {}
/** The position belongs to another epoch or is not of the form that this ledger prints. */
export class ForeignPosition extends Error {
  constructor(
    readonly reason: 'other-epoch' | 'malformed',
    message: string,
  ) {
    super(message);
  }
}
