import { GENERAL_REFUSALS } from '#fact/refusals';

/** Every "no" that the rules of complaints can say: its code and its meaning. HTTP maps each once, in apps/api. */
export const COMPLAINT_REFUSALS = {
  'apology-before-thanks': 'Thank the customer first; only then apologise.',
  'not-ready-to-close': 'Something that closing demands is missing; `missing` lists it.',
  'reopening-window-passed': 'Too late to reopen; receive a new complaint that `follows` this one.',
  'unknown-issue': 'The complaint has no such issue, request, promise, cause, compensation or fact.',
  'override-needs-reason': 'To set a rule aside, a reason is needed, and the policy must let that rule be set aside.',
  ...GENERAL_REFUSALS,
} as const;

export type RefusalCode = keyof typeof COMPLAINT_REFUSALS;
