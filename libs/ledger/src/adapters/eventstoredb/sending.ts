import type { CheckedEvent } from '../../stream/check-append.ts';
import {
  AppendRejected,
  ConcurrencyConflict,
  OutcomeUnknown,
  StoreUnavailable,
  StreamDeleted,
  type ExpectedRevision,
} from '../../stream/port.ts';
import { pauseAfter, pauseBeforeRetry } from './retrying.ts';
import type { Server } from './server.ts';
import { ServerError, isCertainlyUndone, isPassing } from './server-error.ts';

export interface Sending {
  /** Without the prefix, for what is said to the caller. */
  readonly stream: string;
  readonly streamOnServer: string;
  readonly expected: ExpectedRevision;
  readonly events: readonly CheckedEvent[];
  /** What is left until it is given up, in milliseconds. */
  readonly left: () => number;
  /** How long one call may take. */
  readonly deadlineMs: number;
  /** See AppendOptions. */
  readonly since: number | undefined;
  /** Whether the server still has the ledger for which this was decided. Throws StoreUnavailable. */
  readonly isSameLedger: () => Promise<boolean>;
  /** Ends the trying, not the call in flight. */
  readonly ending: AbortSignal;
  readonly progress: Progress;
}

/** What is known of an append while it is under way. */
export interface Progress {
  /** A call is, or was, on its way. */
  sent: boolean;
  /** A call ended without a word on what became of it. */
  inDoubt: boolean;
  /** The server refused this user. */
  denied: boolean;
}

export interface Sent {
  readonly revision: bigint;
  readonly position?: bigint;
}

/**
 * Sends the same bytes, with the same ids, at the same revision, until the server says what became of them: it knows ids
 * at a revision for ever, so a call that was stored although its answer got lost is answered with the first result.
 * A cluster that loses its leader under load is whole again after less than a second; it is waited for much longer.
 * A server that was away may come back with other data, to which these facts do not belong: it is asked before it gets
 * them again. Throws what the port names.
 */
export const sendAppend = async (server: Server, sending: Sending): Promise<Sent> => {
  const { streamOnServer, expected, events, since, left, ending, progress } = sending;
  let previous: ServerError | undefined;
  for (;;) {
    if (previous) await proveSameLedger(sending);
    try {
      progress.sent = true;
      const deadlineMs = Math.min(sending.deadlineMs, Math.max(1, left()));
      return await server.append(streamOnServer, expected, events, {
        deadlineMs,
        ...(since !== undefined && { since }),
      });
    } catch (error) {
      if (!(error instanceof ServerError)) throw error;
      if (error.kind === 'interrupted') throw givenUp({ ...progress, sent: progress.inDoubt }, error.code, error);
      progress.denied = error.kind === 'denied';
      // This user was allowed before: what the earlier call did is not known.
      if (error.kind === 'denied' && progress.inDoubt) throw givenUp({ ...progress, sent: true }, error.code, error);
      if (!isPassing(error)) throw refusalOf(error, sending);
      progress.inDoubt ||= !isCertainlyUndone(error);
      progress.sent = progress.inDoubt;
      if (left() === 0 || ending.aborted) throw givenUp(progress, error.code, error);
      await pauseAfter(error, previous, ending);
      previous = error;
      if (ending.aborted) throw givenUp(progress, error.code, error);
    }
  }
};

/** Before facts are sent again. Throws what giving up throws. */
const proveSameLedger = async ({ isSameLedger, left, ending, progress }: Sending): Promise<void> => {
  for (;;) {
    try {
      if (await isSameLedger()) return;
    } catch (error) {
      if (!(error instanceof StoreUnavailable)) throw error;
      if (left() === 0 || ending.aborted) throw givenUp(progress, 'it cannot be read', error);
      await pauseBeforeRetry(ending);
      continue;
    }
    throw givenUp(progress, 'another ledger answers now');
  }
};

/** How an append ends of which nothing more will be heard. */
export const givenUp = (progress: Progress, why: string, cause?: unknown): Error =>
  progress.sent
    ? new OutcomeUnknown(`the outcome of the append is unknown (${why})`, { cause })
    : new StoreUnavailable(`the ledger cannot take facts now (${why})`, { cause });

/** The server's last word. */
const refusalOf = (trouble: ServerError, { stream, expected }: Sending): Error => {
  if (trouble.kind === 'conflict') return new ConcurrencyConflict(stream, expected, trouble.actual ?? 'no_stream');
  if (trouble.kind === 'stream-deleted') return new StreamDeleted(`${stream} is deleted for ever`);
  if (trouble.kind === 'too-large') return new AppendRejected('too-large', 'larger than the ledger takes');
  const who = trouble.kind === 'denied' ? 'the ledger refuses this user' : 'EventStoreDB refuses it';
  return new AppendRejected('refused-by-store', `${who} (${trouble.code})`);
};
