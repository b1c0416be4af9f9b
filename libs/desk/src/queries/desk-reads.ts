import type { ComplaintDesk } from '../complaint-desk.ts';
import type { Desk } from '../desk.ts';
import type { FollowUpDesk } from '../follow-up-desk.ts';
import { sourceOf, type Opening } from './query.ts';

/** What is answered from the ledger: every acknowledged write is in it. */
export interface DeskReads extends Opening {
  readonly desk: Desk;
  readonly complaints: ComplaintDesk;
  readonly calls: FollowUpDesk;
}

export const DESK_READS = sourceOf<DeskReads>('what reads of the ledger are answered from');
