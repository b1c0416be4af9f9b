import { nothing, recorded } from '#fact/decision';
import type { Policy } from '#policy/policy';
import type { Complaint } from '../complaint.ts';
import { partStep } from '../part-step.ts';
import { unknownPart } from '../unknown-part.ts';
import { promiseFulfilled } from './events.ts';

export interface FulfilPromise {
  readonly promise: string;
}

/** docs/domain.md §3: a promise is kept once, in time or late, also after the end. */
export const fulfilPromise = partStep({
  step: 'promises/fulfilments',
  of: 'promise',
  can: (_complaint: Complaint, _policy: Policy, promise) => (promise?.fulfilled ? nothing : undefined),
  decide: (_command: FulfilPromise, _complaint, _policy, promise) =>
    promise ? recorded(promiseFulfilled({ promise: promise.id })) : unknownPart('promise'),
});
