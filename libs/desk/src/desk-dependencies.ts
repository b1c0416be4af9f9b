import type { EventStore } from '#ledger/stream/port';
import type { Secrets } from '#privacy/secrets';
import type { Subjects } from '#privacy/subjects';
import type { Vault } from '#privacy/vault';
import type { Clock } from '#time/clock';
import type { References } from './references.ts';

/** What the desk needs from outside. A program brings real parts, a spec in-memory ones. */
export interface DeskDependencies {
  readonly store: EventStore;
  readonly vault: Vault;
  readonly secrets: Pick<Secrets, 'commandId' | 'requestDigest'>;
  readonly subjects: Pick<Subjects, 'subjectFor' | 'find'>;
  readonly references: References;
  /** The deployment's slug: a key belongs to it too. */
  readonly organisation: string;
  readonly clock: Clock;
}

/** The token under which Nest hands them out. */
export const DESK_DEPENDENCIES = Symbol('the desk’s parts');
