/** Every "no" that the rules of this house can say: its code and its meaning. HTTP maps each once, in apps/api. */
export const REFUSALS = {
  'apology-before-thanks': 'Thank the customer first; only then apologise.',
  'not-ready-to-close': 'Something that closing demands is missing; `missing` lists it.',
  'already-closed': 'The complaint is closed or withdrawn.',
  'reopening-window-passed': 'Too late to reopen; receive a new complaint that `follows` this one.',
  'needs-manager': 'Only a manager or a director can do this.',
  'attempts-not-exhausted': 'The customer counts as not reached only after the attempts that the policy demands.',
  'role-not-allowed': 'This role cannot do this.',
  'unknown-code': 'A code that the policy does not know.',
  'unknown-issue': 'The complaint has no such issue, request, promise, cause, compensation or fact.',
  'override-needs-reason': 'To set a rule aside, a reason is needed, and the policy must let that rule be set aside.',
  'invalid-body': 'The body is not what this door takes; `errors` names each place.',
  'not-found': 'There is no such thing.',
} as const;

export type RefusalCode = keyof typeof REFUSALS;
