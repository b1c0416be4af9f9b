import { Type } from '@sinclair/typebox';
import { Duration, Instant, Money, Uuid } from '#fact/vocabulary';
import {
  actor,
  code,
  count,
  Mark,
  marked,
  nullable,
  optional,
  Told,
  ToldObject,
  type AnswerOf,
} from '../answer-schemas.ts';
import { PART_MEMBERS } from '../commands/parts.ts';
import { Clock, Missing } from './step-answers.ts';

/** A complaint and its calls, as they are read; what has an id of its own is shown by its chapter (commands/parts.ts). NOTE: published; members are only added. */

export const CALL = Type.Object({
  id: Uuid,
  revision: count,
  kind: code,
  complaint: Uuid,
  customer: Uuid,
  situation: Type.String({ description: '`open`, `reached`, `exhausted` or `superseded`.' }),
  due: Instant,
  handler: nullable(actor),
  openedAt: Instant,
  attemptLimit: count,
  attemptGap: Duration,
  attempts: Type.Array(marked({ result: code, counted: Type.Boolean() })),
  countedAttempts: count,
  outcome: nullable(
    marked({
      solution: optional(Type.Integer({ minimum: 1, maximum: 5 })),
      attitude: optional(Type.Integer({ minimum: 1, maximum: 5 })),
      declined: Type.Boolean(),
      told: optional(Told),
      comment: optional(Told),
    }),
  ),
  notReached: nullable(Mark),
  superseded: nullable(Type.Object({ at: Instant, reopening: Uuid })),
});

export type CallAnswer = AnswerOf<typeof CALL>;

const person = { name: optional(Told), phone: optional(Told), email: optional(Told) };

const { issues, informationRequests, ...otherParts } = PART_MEMBERS;

export const COMPLAINT = Type.Object({
  id: Uuid,
  reference: Type.String(),
  revision: count,
  receivedAt: Instant,
  channel: code,
  words: Told,
  summary: optional(Told),
  language: optional(Type.String()),
  tone: optional(code),
  desiredOutcomes: Type.Array(code),
  confidentiality: code,
  customer: Type.Object({
    id: Uuid,
    reference: optional(Told),
    ...person,
    since: optional(Type.String()),
    type: optional(code),
  }),
  representative: optional(
    Type.Object({ id: Uuid, ...person, mandate: optional(Told), mandateUntil: optional(Type.String()) }),
  ),
  needs: optional(Type.Array(code)),
  purchase: optional(Type.Object({ order: optional(Told), product: optional(code), value: optional(Money) })),
  threatToLeave: optional(Type.Boolean()),
  thirdParty: optional(code),
  follows: optional(Uuid),
  origin: optional(Type.Object({ system: code, id: optional(Told), migrated: Type.Boolean() })),
  state: Type.String({ description: '`open`, `resolved`, `closed` or `withdrawn`; the facts say more.' }),
  handler: nullable(actor),
  issues,
  acknowledged: nullable(Mark),
  thanked: nullable(marked({ why: Told })),
  apologised: nullable(Mark),
  responsibility: nullable(marked({ words: Told })),
  clarified: nullable(Mark),
  explained: nullable(marked({ text: optional(Told), waived: optional(Type.Boolean()), reason: optional(Told) })),
  corrected: nullable(Mark),
  compensated: nullable(Mark),
  resolved: nullable(Mark),
  accepted: nullable(Mark),
  customerAnswer: nullable(marked({ value: code })),
  closed: nullable(Mark),
  withdrawn: nullable(marked({ reason: Told })),
  apologies: Type.Array(marked({ level: code, form: code, words: Told })),
  informationRequests,
  information: Type.Array(marked({ request: optional(Uuid), text: Told })),
  ...otherParts,
  resolutions: Type.Array(marked({ text: Told })),
  reopenings: Type.Array(marked({ reason: Told })),
  overrides: Type.Array(marked({ rule: code, reason: Told })),
  rectifications: Type.Array(
    marked({
      fact: Uuid,
      type: Type.String(),
      data: Type.Unsafe<object>({ ...ToldObject, description: 'The members that are right.' }),
      reason: Told,
    }),
  ),
  followUps: Type.Array(CALL),
  missingForClosing: Type.Array(Missing),
  clocks: Type.Array(Clock),
});
export type ComplaintAnswer = AnswerOf<typeof COMPLAINT>;
