import { Type, type TArray } from '@sinclair/typebox';
import type { Complaint } from '#complaint/complaint';
import { SUB_RESOURCES } from '#complaint/sub-resources';
import type { AnswerOf } from '../answer-schemas.ts';
import type { Thing } from '../complaint-desk.ts';
import { causesViews } from './causes.ts';
import { conversationViews } from './conversation.ts';
import { issuesViews } from './issues.ts';
import { promisesViews } from './promises.ts';
import { remedyViews } from './remedy.ts';

/** The parts of a complaint that have an id, as their chapters show them. Total: none is created that cannot be read. */
export const PART_VIEWS = {
  ...issuesViews,
  ...conversationViews,
  ...promisesViews,
  ...causesViews,
  ...remedyViews,
} satisfies { readonly [Kind in Thing]: unknown };

type Views = typeof PART_VIEWS;
export type PartAnswer<Kind extends Thing> = AnswerOf<Views[Kind]['answer']>;

/** The kinds that a complaint shows under a name of their own. */
type Shown = { [Kind in Thing]: Views[Kind]['member'] extends string ? Kind : never }[Thing];
const KINDS = Object.keys(PART_VIEWS) as Thing[];

/** The parts of a kind as they are shown. */
export const partsShown = <Kind extends Thing>(complaint: Complaint, kind: Kind): readonly PartAnswer<Kind>[] => {
  const view = PART_VIEWS[kind].view as (part: unknown) => PartAnswer<Kind>;
  return [...SUB_RESOURCES[kind].all(complaint)].map((part) => view(part));
};

/** What a complaint's answer has for them, by their names in it. */
export const partMembers = (complaint: Complaint) =>
  byMember((kind) => partsShown(complaint, kind)) as {
    readonly [Kind in Shown as Views[Kind]['member'] & string]: readonly PartAnswer<Kind>[];
  };

/** The same as schemas. */
export const PART_MEMBERS = byMember((kind) => Type.Array(PART_VIEWS[kind].answer)) as {
  readonly [Kind in Shown as Views[Kind]['member'] & string]: TArray<Views[Kind]['answer']>;
};

function byMember(valueOf: (kind: Thing) => unknown): unknown {
  return Object.fromEntries(
    KINDS.flatMap((kind) => {
      const { member } = PART_VIEWS[kind];
      return member === null ? [] : [[member, valueOf(kind)]];
    }),
  );
}
