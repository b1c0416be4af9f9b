import { fulfilPromise } from '#complaint/promises/fulfil-promise';
import { makePromise } from '#complaint/promises/make-promise';
import { Instant, Uuid } from '#fact/vocabulary';
import { code, Mark, marked, nullable } from '../answer-schemas.ts';
import { Code, InstantField } from '../fields.ts';
import { normalInstant } from '../forms.ts';
import { markView, partView, told } from '../part-view.ts';
import { CONDUCTORS } from '../roles.ts';
import { DatedBody } from '../shapes.ts';
import { chapter } from './command-description.ts';
import { complaintCommand } from './complaint-command.ts';

/** What the customer was promised, and whether it was kept (docs/domain.md §3). */

export class PromiseBody extends DatedBody {
  @Code({ means: 'What was promised: a kind that the policy knows.', example: 'update' })
  readonly what!: string;
  @InstantField({ means: 'By when.' })
  readonly due!: string;
}
export const MakePromise = complaintCommand({
  operation: 'Conversation.makePromise',
  summary: 'Promise the customer something by a time.',
  body: PromiseBody,
  roles: CONDUCTORS,
  rule: makePromise,
  refusals: ['already-closed', 'unknown-code'],
  facts: ['PromiseMade'],
  creates: 'promise',
  tell: ({ what, due }, { id }) => ({ promise: id, what, due: normalInstant(due) }),
});

export class FulfilmentBody extends DatedBody {}
export const FulfilPromise = complaintCommand({
  operation: 'Conversation.fulfilPromise',
  summary: 'Say that a promise was kept.',
  body: FulfilmentBody,
  roles: CONDUCTORS,
  rule: fulfilPromise,
  refusals: ['unknown-issue'],
  facts: ['PromiseFulfilled'],
  tell: (_, { on }) => ({ promise: on }),
});

/** How these are read. */
export const promisesViews = {
  promise: partView('promise', {
    operation: 'Reading.promise',
    summary: 'A promise.',
    member: 'promises',
    answer: marked({ id: Uuid, what: code, due: Instant, fulfilled: nullable(Mark), broken: nullable(Mark) }),
    view: (promise) => ({
      ...told(promise),
      fulfilled: markView(promise.fulfilled),
      broken: markView(promise.broken),
    }),
  }),
};

export const promises = chapter('complaints', [MakePromise, FulfilPromise]);
