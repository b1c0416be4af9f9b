import { nothing, recorded } from '#fact/decision';
import { step } from '#fact/step';
import type { Policy } from '#policy/policy';
import type { Complaint } from '../complaint.ts';
import { ended } from '../ending/ended.ts';
import { unknownCodes, wrongPromise } from '../policy-codes.ts';
import { partOf } from '../sub-resources.ts';
import { promiseMade } from './events.ts';

export interface MakePromise {
  readonly promise: string;
  /** A kind of promise that the policy knows: next word, repair, payment. */
  readonly what: string;
  readonly due: string;
}

/** docs/domain.md §3: a promise is a fact with a due time. */
export const makePromise = step({
  step: 'promises',
  can: (complaint: Complaint) => ended(complaint),
  decide: ({ promise, what, due }: MakePromise, complaint, policy: Policy) => {
    const wrong = unknownCodes(...wrongPromise(what, policy));
    if (wrong) return wrong;
    return partOf(complaint, 'promise', promise) ? nothing : recorded(promiseMade({ promise, what, due }));
  },
});
