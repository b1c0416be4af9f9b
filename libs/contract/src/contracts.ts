import { Type, type TObject } from '@sinclair/typebox';
import { complaintEvents } from '#complaint/events';
import type { EventDescription, Noun } from '#fact/define-event';
import { followUpEvents } from '#follow-up/events';
import { recurrenceEvents } from '#recurrence/events';
import { complaintContract } from './complaint-contract.ts';
import { followUpContract } from './follow-up-contract.ts';
import type { PublicForm } from './public-form.ts';
import { recurrenceContract } from './recurrence-contract.ts';
import { markerType, publicType, topicOf } from './names.ts';

/** A noun whose facts are published: what its stream holds, and how each is told. */
export interface PublishedNoun {
  readonly noun: Noun;
  readonly events: readonly EventDescription[];
  /** Total over the events: `Contract` of public-form.ts holds each noun to it. */
  readonly forms: Readonly<Record<string, PublicForm<never> | 'private'>>;
}

/** Facts in the order of their contract, which follows the mission; definitions that have none come last and fail there. */
const published = (noun: Noun, events: readonly EventDescription[], forms: PublishedNoun['forms']): PublishedNoun => {
  const order = Object.keys(forms);
  const rank = ({ type }: EventDescription): number => (order.includes(type) ? order.indexOf(type) : order.length);
  return { noun, events: [...events].sort((one, other) => rank(one) - rank(other)), forms };
};

export const publishedNouns: readonly PublishedNoun[] = [
  published('complaint', complaintEvents, complaintContract),
  published('follow-up', followUpEvents, followUpContract),
  published('recurrence', recurrenceEvents, recurrenceContract),
];

/** One public type, as schemas, the AsyncAPI document and the feed's readers see it. */
export interface PublicType {
  readonly type: string;
  readonly noun: Noun;
  readonly topic: string;
  readonly means: string;
  /** The schema of the message's data. */
  readonly schema: TObject;
  /** The private fact; absent for the marker that stands for any private one. */
  readonly fact?: string;
}

/** Every public type, nouns in order, each noun's marker last. */
export const publicTypes: readonly PublicType[] = publishedNouns.flatMap(({ noun, events, forms }) => [
  ...events.flatMap((event): PublicType[] => {
    const form = forms[event.type]!;
    if (form === 'private') return [];
    const { means, schema } = form;
    return [{ type: publicType(noun, event.type), noun, topic: topicOf(noun)!, means, schema, fact: event.type }];
  }),
  {
    type: markerType(noun),
    noun,
    topic: topicOf(noun)!,
    means: 'Something was recorded that is nobody else’s business; it keeps the sequence without gaps.',
    schema: Type.Object({}),
  },
]);
