import { GENERAL_REFUSALS } from '#fact/refusals';

/** Every "no" that the rules of follow-up calls can say. */
export const FOLLOW_UP_REFUSALS = {
  'attempts-not-exhausted': 'The customer counts as not reached only after the attempts that the policy demands.',
  ...GENERAL_REFUSALS,
} as const;

export type FollowUpRefusal = keyof typeof FOLLOW_UP_REFUSALS;
