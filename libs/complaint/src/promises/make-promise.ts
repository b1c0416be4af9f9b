import { nothing, recorded } from '#fact/decision';
import type { Policy } from '#policy/policy';
import type { Complaint } from '../complaint.ts';
import { ended } from '../ending/ended.ts';
import { promiseMade } from './events.ts';
import { unknownCodes, wrongPromise } from '../policy-codes.ts';

export interface MakePromise {
  readonly promise: string;
  /** A kind of promise that the policy knows: next word, repair, payment. */
  readonly what: string;
  readonly due: string;
}

/** Mission §3: a promise is a fact with a due time. */
export const makePromise = (command: MakePromise, complaint: Complaint, policy: Policy) => {
  const refusal = ended(complaint) ?? unknownCodes(...wrongPromise(command.what, policy));
  if (refusal) return refusal;
  if (complaint.promises.some(({ id }) => id === command.promise)) return nothing;
  return recorded(promiseMade({ promise: command.promise, what: command.what, due: command.due }));
};
