import { complaints } from './complaints/projection.ts';
import { followUpCalls } from './follow-up-calls/projection.ts';
import { overdue } from './overdue/projection.ts';
import type { Projection } from './projection.ts';
import { recurringComplaints } from './recurring-complaints/projection.ts';

/** Every read model that the projector keeps. */
export const readModels: readonly Projection[] = [complaints, followUpCalls, recurringComplaints, overdue];
