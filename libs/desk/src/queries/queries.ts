import { findCustomer } from './find-customer.ts';
import type { AnyQuery } from './query.ts';
import { readComplaint } from './read-complaint.ts';
import { readFollowUp } from './read-follow-up.ts';
import { readHistory } from './read-history.ts';
import { readNextSteps } from './read-next-steps.ts';
import { readPolicy } from './read-policy.ts';
import { thingReads } from './read-thing.ts';

/** Every read that is answered from the ledger, in the order in which the OpenAPI document lists them. */
export const deskQueries: readonly AnyQuery[] = [
  readComplaint,
  readHistory,
  readNextSteps,
  ...thingReads,
  readFollowUp,
  readPolicy,
  findCustomer,
];
