import { refused } from '#fact/decision';
import type { Complaint } from '../complaint.ts';

/** The refusal of what cannot go on after an end (docs/formats.md, Closing, exactly); undefined while the conduct runs. */
export const ended = (complaint: Complaint) =>
  complaint.closed || complaint.withdrawn
    ? refused(
        'already-closed',
        complaint.closed
          ? 'The complaint is closed. Reopen it, or receive a new one that follows it.'
          : 'The complaint was withdrawn. Reopen it, or receive a new one.',
      )
    : undefined;
