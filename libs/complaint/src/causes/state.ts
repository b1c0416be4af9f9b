import { List } from '#fact/list';
import type { Personal } from '#fact/personal';
import type { Process } from '#fact/vocabulary';
import { added, type ChapterFold } from '../fold.ts';
import { markOf, type Mark } from '../mark.ts';

export interface Cause extends Mark {
  readonly id: string;
  readonly issue: string;
  readonly state: 'hypothesis' | 'confirmed';
  readonly confirms?: string;
  readonly process: Process;
  readonly text?: Personal;
}

/** Why it went wrong, and what the customer was told of it. */
export interface CausesState {
  readonly causes: List<Cause>;
  readonly explained:
    (Mark & ({ readonly text: Personal } | { readonly waived: true; readonly reason: Personal })) | null;
}

/** The parts that have an id of their own: their path below the complaint, and where they lie. */
export const causesParts = { cause: { path: 'causes', all: ({ causes }: CausesState) => causes } } as const;

export const causesAtFirst: CausesState = { causes: List.empty, explained: null };

export const causesFold: ChapterFold<'causes', CausesState> = {
  CauseSuspected: ({ causes }, fact) => {
    const { cause: id, ...suspected } = fact.data;
    return { causes: added(causes, { id, state: 'hypothesis', ...suspected, ...markOf(fact) }) };
  },
  CauseConfirmed: ({ causes }, fact) => {
    const { cause: id, ...confirmed } = fact.data;
    return { causes: added(causes, { id, state: 'confirmed', ...confirmed, ...markOf(fact) }) };
  },
  CauseExplained: (_, fact) => ({ explained: { text: fact.data.text, ...markOf(fact) } }),
  ExplanationWaived: (_, fact) => ({ explained: { waived: true, reason: fact.data.reason, ...markOf(fact) } }),
};
