import type { Fact } from '#fact/fact';

/** When something became so, by whom, and the fact that says it. */
export interface Mark {
  readonly at: string;
  readonly by: string;
  readonly fact: string;
  /** The fact's revision: tells which conduct it belongs to. */
  readonly revision: number;
}

/** What is so when a fact has just said it. */
export const markOf = ({ effectiveAt, actor, id, revision }: Omit<Fact, 'type' | 'data'>): Mark => ({
  at: effectiveAt,
  by: actor.id,
  fact: id,
  revision,
});
