import type { AnyQuery } from '#desk/queries/query';
import { complaintList } from './complaints/query.ts';
import { followUpCallList } from './follow-up-calls/query.ts';
import { readNorms } from './norms/query.ts';
import { overdueList } from './overdue/query.ts';
import { recurringComplaintList } from './recurring-complaints/query.ts';

/** Every list, each on the tables of its read model. */
export const lists = [complaintList, followUpCallList, recurringComplaintList, overdueList];

/** Every read that is answered from read models. */
export const listQueries: readonly AnyQuery[] = [...lists, readNorms];
