import { nothing, recorded } from '#fact/decision';
import type { Policy } from '#policy/policy';
import type { Complaint } from '../complaint.ts';
import { promiseFulfilled } from './events.ts';
import { unknownPart } from '../unknown-part.ts';

export interface FulfilPromise {
  readonly promise: string;
}

/** Mission §3: a promise is kept once, in time or late, also after the end. */
export const fulfilPromise = (command: FulfilPromise, complaint: Complaint, _policy: Policy) => {
  const promise = complaint.promises.find(({ id }) => id === command.promise);
  if (!promise) return unknownPart('promise');
  return promise.fulfilled ? nothing : recorded(promiseFulfilled({ promise: promise.id }));
};
