import type { FollowUp } from '#follow-up/follow-up';
import type { Missing } from '../ending/missing-for-closing.ts';
import type { Wording } from './wording.ts';

/** Something that can be done: the door below the complaint, and which part of it is meant. */
export interface Step {
  /** `thanks`, `corrections`, `compensations/deliveries`, `promises/fulfilments`, `follow-up-calls/attempts` … */
  readonly step: string;
  readonly issue?: string;
  readonly compensation?: string;
  readonly promise?: string;
  readonly followUp?: string;
  /** The roles that can do it, where not everybody can. */
  readonly roles?: readonly string[];
}

export interface SuggestedStep extends Step {
  readonly why: string;
  /** By when it should be done, where a clock runs. */
  readonly due?: string;
  /** What one can say, in the language that was asked for. */
  readonly wording?: Wording;
}

export interface NextSteps {
  readonly can: readonly Step[];
  /** In the order in which they should be done: the first one is next. */
  readonly should: readonly SuggestedStep[];
  readonly missing: readonly Missing[];
}

/** What next steps depend on besides the complaint: its latest resolution's call, the present, and the reader. */
export interface Circumstances {
  readonly call: FollowUp | undefined;
  readonly now: string;
  /** BCP 47 tags, best first, for the suggested wording. */
  readonly languages: readonly string[];
}
