import type { TSchema } from '@sinclair/typebox';
import type { Mark } from '#complaint/mark';
import type { PartOf } from '#complaint/sub-resources';
import type { AnswerOf } from './answer-schemas.ts';
import type { Thing } from './complaint-desk.ts';

/** When and by whom: all that most marks show. */
export const markView = (mark: Mark | null) => mark && { at: mark.at, by: mark.by };
export type MarkView = ReturnType<typeof markView>;

/** A thing that has a mark of its own: its members, and when and by whom. */
export const told = <T extends Mark>({ fact: _fact, revision: _revision, ...rest }: T): Omit<T, 'fact' | 'revision'> =>
  rest;

/** How a part of a complaint that has an id is read: at its own URL, and inside the complaint. */
export interface PartView<Kind extends Thing, Answer extends TSchema, Member extends string | null> {
  /** The name under which generated clients know it. NOTE: published. */
  readonly operation: string;
  readonly summary: string;
  /** Where the complaint shows all of them; null: within something else. NOTE: published. */
  readonly member: Member;
  /** NOTE: published; members are only added. */
  readonly answer: Answer;
  readonly view: (part: PartOf<Kind>) => AnswerOf<Answer>;
}

export const partView = <const Kind extends Thing, Answer extends TSchema, const Member extends string | null>(
  _kind: Kind,
  described: PartView<Kind, Answer, Member>,
): PartView<Kind, Answer, Member> => described;
