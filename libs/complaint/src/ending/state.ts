import { List } from '#fact/list';
import type { Personal } from '#fact/personal';
import type { ComplaintFactOf } from '../events.ts';
import { added, type ChapterFold } from '../fold.ts';
import { markOf, type Mark } from '../mark.ts';
import type { Answer } from '../vocabulary.ts';

/** How the present conduct stands, and how earlier ones ended. */
export interface EndingState {
  /** 1 from the receipt on, one more with each reopening (docs/formats.md, Closing, exactly). */
  readonly conduct: number;
  /** The revision that the present conduct began with. */
  readonly conductSince: number;
  /** Every resolution, oldest first: each asks for a call of its own. */
  readonly resolutions: List<Mark & { readonly text: Personal }>;
  /** Of this conduct; null again after a reopening. */
  readonly resolved: Mark | null;
  readonly accepted: Mark | null;
  readonly customerAnswer: (Mark & { readonly value: Answer }) | null;
  readonly closed: Mark | null;
  readonly withdrawn: (Mark & { readonly reason: Personal }) | null;
  readonly reopenings: List<Mark & { readonly reason: Personal }>;
}

const running = { resolved: null, accepted: null, customerAnswer: null, closed: null, withdrawn: null };

export const endingAt = ({ revision }: ComplaintFactOf<'ComplaintReceived'>): EndingState => ({
  conduct: 1,
  conductSince: revision,
  ...running,
  resolutions: List.empty,
  reopenings: List.empty,
});

export const endingFold: ChapterFold<'ending', EndingState> = {
  ComplaintResolved: ({ resolutions }, fact) => ({
    resolved: markOf(fact),
    resolutions: added(resolutions, { text: fact.data.text, ...markOf(fact) }),
  }),
  CustomerAnswered: (_, fact) => ({
    customerAnswer: { value: fact.data.answer, ...markOf(fact) },
    accepted: fact.data.answer === 'accepted' ? markOf(fact) : null,
  }),
  ComplaintClosed: (_, fact) => ({ closed: markOf(fact) }),
  ComplaintReopened: ({ conduct, reopenings }, fact) => ({
    conduct: conduct + 1,
    conductSince: fact.revision,
    ...running,
    reopenings: added(reopenings, { reason: fact.data.reason, ...markOf(fact) }),
  }),
  ComplaintWithdrawn: (_, fact) => ({ withdrawn: { reason: fact.data.reason, ...markOf(fact) } }),
};
