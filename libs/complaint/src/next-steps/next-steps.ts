import type { Policy } from '#policy/policy';
import type { Complaint } from '../complaint.ts';
import { missingForClosing } from '../ending/missing-for-closing.ts';
import { possibleSteps } from './possible-steps.ts';
import { suggestedSteps } from './suggested-steps.ts';
import type { Circumstances, NextSteps } from './steps.ts';

/** docs/domain.md §3, Next steps: what can be done now, what should be done next and why, and what still stands before closing. */
export const nextSteps = (complaint: Complaint, circumstances: Circumstances, policy: Policy): NextSteps => {
  const missing = missingForClosing(complaint, circumstances.call, policy);
  return {
    can: possibleSteps(complaint, missing, circumstances, policy),
    should: suggestedSteps(complaint, missing, circumstances, policy),
    missing,
  };
};
