import type { Complaint } from '../complaint.ts';
import type { Mark } from '../mark.ts';

/**
 * Whether something was done in the present conduct (formats.md, Closing, exactly): what is recorded once per conduct may
 * be done again after a reopening. For closing, what an earlier conduct did stands all the same.
 */
export const doneInThisConduct = (complaint: Complaint, mark: Mark | null): boolean =>
  mark !== null && mark.revision >= complaint.conductSince;
