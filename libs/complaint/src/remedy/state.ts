import { List } from '#fact/list';
import type { Personal } from '#fact/personal';
import type { Money } from '#fact/vocabulary';
import { added, changed, type ChapterFold } from '../fold.ts';
import type { IssuesState } from '../issues/state.ts';
import { markOf, type Mark } from '../mark.ts';

export interface Compensation extends Mark {
  readonly id: string;
  readonly issue: string;
  readonly item: string;
  readonly value?: Money;
  readonly accepted: Mark | null;
  readonly declined: (Mark & { readonly reason: Personal }) | null;
  readonly delivered: (Mark & { readonly proof: Personal }) | null;
}

/** How it is put right. Corrections lie with the issue that they correct. */
export interface RemedyState {
  readonly compensations: List<Compensation>;
}

/** The parts that have an id of their own: their path below the complaint, and where they lie. */
export const remedyParts = {
  correction: {
    path: 'corrections',
    all: ({ issues }: IssuesState) =>
      List.from(issues.flatMap(({ id, corrections }) => corrections.map((one) => ({ ...one, issue: id })))),
  },
  compensation: { path: 'compensations', all: ({ compensations }: RemedyState) => compensations },
} as const;

export const remedyAtFirst: RemedyState = { compensations: List.empty };

export const remedyFold: ChapterFold<'remedy', RemedyState & IssuesState> = {
  CorrectionMade: ({ issues }, fact) => {
    const { correction: id, issue, ...made } = fact.data;
    const correction = { id, ...made, ...markOf(fact) };
    return {
      issues: changed(issues, issue, (one) => ({ ...one, corrections: added(one.corrections, correction) })),
    };
  },
  CompensationOffered: ({ compensations }, fact) => {
    const { compensation: id, ...offered } = fact.data;
    const open = { accepted: null, declined: null, delivered: null };
    return { compensations: added(compensations, { id, ...offered, ...open, ...markOf(fact) }) };
  },
  CompensationAccepted: ({ compensations }, fact) => ({
    compensations: changed(compensations, fact.data.compensation, (one) => ({
      ...one,
      accepted: markOf(fact),
      declined: null,
    })),
  }),
  CompensationDeclined: ({ compensations }, fact) => ({
    compensations: changed(compensations, fact.data.compensation, (one) => ({
      ...one,
      declined: { reason: fact.data.reason, ...markOf(fact) },
      accepted: null,
    })),
  }),
  CompensationDelivered: ({ compensations }, fact) => ({
    compensations: changed(compensations, fact.data.compensation, (one) => ({
      ...one,
      delivered: { proof: fact.data.proof, ...markOf(fact) },
    })),
  }),
};
