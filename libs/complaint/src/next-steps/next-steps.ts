import type { VersionedPolicy } from '#policy/policy';
import type { Complaint } from '../complaint.ts';
import { missingForClosing, type Missing } from '../ending/missing-for-closing.ts';
import { possibleSteps } from './possible-steps.ts';
import type { Circumstances, Step } from './steps.ts';
import { suggestedSteps, type SuggestedStep } from './suggested-steps.ts';

export interface NextSteps {
  readonly can: readonly Step[];
  /** In the order in which they should be done: the first one is next. */
  readonly should: readonly SuggestedStep[];
  readonly missing: readonly Missing[];
}

/**
 * docs/domain.md §3, Next steps: what can be done now, what should be done next and why, and what still stands before
 * closing. `languages`: BCP 47 tags, best first, for the suggested wording.
 */
export const nextSteps = (
  complaint: Complaint,
  circumstances: Circumstances & { readonly languages: readonly string[] },
  policy: VersionedPolicy,
): NextSteps => {
  const missing = missingForClosing(complaint, circumstances.call, policy);
  return {
    can: possibleSteps(complaint, circumstances, policy),
    should: suggestedSteps(complaint, missing, circumstances, policy),
    missing,
  };
};
