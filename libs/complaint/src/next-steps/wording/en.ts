import type { StepName } from '../steps.ts';

/** Steps that are said in other words, after whom or how. */
type Variant = 'apologies-in-writing' | 'apologies-by-a-manager';

/**
 * Suggested wording (docs/domain.md §3, Next steps): what one can say, per language and step. Data, not rules; a handler
 * says it in their own words. Nothing here blames anybody, hides behind a rule or promises what is not decided.
 */
export const en = {
  acknowledgements:
    'Your message has reached us. You will have our answer by the day we name here, and sooner if we can.',
  thanks: 'Thank you for telling us. Without you we would not have known, and we could not put it right.',
  apologies: 'I am sorry that this happened to you. You counted on us, and we let you down.',
  'apologies-in-writing':
    'I am sorry, and I would like you to have it in writing: we let you down, and we will make it good.',
  'apologies-by-a-manager':
    'I answer for this company, and I apologise to you personally. This should not have happened.',
  responsibility: 'We take full responsibility for what happened.',
  'information-requests': 'You can help us to understand it better: would you tell us what happened, step by step?',
  corrections: 'Let us put this right at once. Here is what I would do – is that what you expected?',
  compensations: 'For the time and the trouble that this cost you we would like to give you something. May we?',
  explanations: 'I have found out how it could happen, and I would like you to know.',
  resolutions: 'This is what we have done, and this is what we change so that it does not happen again.',
  'follow-up-calls/outcomes':
    'I am calling to ask whether everything is well now. How satisfied are you, from 1 to 5, with the solution? And with how we treated you?',
  messages: 'I would like to tell you where we stand.',
  'promises/fulfilments': 'We promised you this, and we are late. I am sorry; here is what happens next.',
  reopenings: 'It is good that you tell us. We take this up again.',
} as const satisfies Partial<Record<StepName | Variant, string>>;

/** What there is wording for, in every language. */
export type Occasion = keyof typeof en;
