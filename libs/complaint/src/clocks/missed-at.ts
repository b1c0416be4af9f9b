import type { Complaint } from '../complaint.ts';

/**
 * When a due that passed unkept takes effect: at the due (docs/formats.md, Time), but never before the complaint's own
 * beginning, where no fact of it can lie.
 */
export const missedAt = (complaint: Complaint, due: string): string =>
  due < complaint.receivedAt ? complaint.receivedAt : due;
