import { nothing } from '#fact/decision';
import type { Complaint } from '../complaint.ts';
import type { Mark } from '../mark.ts';

/**
 * Whether something was done in the present conduct (docs/formats.md, Closing, exactly): what is recorded once per conduct
 * may be done again after a reopening. For closing, what an earlier conduct did stands all the same.
 */
export const doneInThisConduct = (complaint: Complaint, mark: Mark | null | undefined): boolean =>
  mark != null && mark.revision >= complaint.conductSince;

/** What stands in the way of doing once more what is done once in a conduct. */
export const oncePerConduct = (complaint: Complaint, mark: Mark | null | undefined) =>
  doneInThisConduct(complaint, mark) ? nothing : undefined;
