import { Type, type TObject } from '@sinclair/typebox';
import type { EventDescription } from '#fact/define-event';
import { isPublished, nouns, type EventOfNoun, type PublicNoun } from '#nouns/nouns';
import { complaintContract } from './complaint-contract.ts';
import { followUpContract } from './follow-up-contract.ts';
import type { Contract, PublicForm } from './public-form.ts';
import { recurrenceContract } from './recurrence-contract.ts';
import { markerType, publicType } from './names.ts';

/** How each published noun is told: the compiler asks for the contract of each noun that has a topic. */
const contracts: { readonly [N in PublicNoun]: Contract<EventOfNoun<N>> } = {
  complaint: complaintContract,
  'follow-up': followUpContract,
  recurrence: recurrenceContract,
};

/** A noun whose facts are published: what its stream holds, and how each is told. */
export interface PublishedNoun {
  readonly noun: PublicNoun;
  readonly topic: string;
  readonly events: readonly EventDescription[];
  /** Total over the events: `Contract` of public-form.ts holds each noun to it. */
  readonly forms: Readonly<Record<string, PublicForm<never> | 'private'>>;
}

/** Facts in the order of their contract, which follows the conduct; definitions that have none come last and fail there. */
export const publishedNouns: readonly PublishedNoun[] = nouns.filter(isPublished).map(({ noun, topic, events }) => {
  const forms: PublishedNoun['forms'] = contracts[noun];
  const order = Object.keys(forms);
  const rank = ({ type }: EventDescription): number => (order.includes(type) ? order.indexOf(type) : order.length);
  return { noun, topic, events: [...events].sort((one, other) => rank(one) - rank(other)), forms };
});

/** One public type, as schemas, the AsyncAPI document and the feed's readers see it. */
export interface PublicType {
  readonly type: string;
  readonly noun: PublicNoun;
  readonly topic: string;
  readonly means: string;
  /** The schema of the message's data. */
  readonly schema: TObject;
  /** The private fact; absent for the marker that stands for any private one. */
  readonly fact?: string;
}

/** Every public type, nouns in order, each noun's marker last. */
export const publicTypes: readonly PublicType[] = publishedNouns.flatMap(({ noun, topic, events, forms }) => [
  ...events.flatMap((event): PublicType[] => {
    const form = forms[event.type]!;
    if (form === 'private') return [];
    const { means, schema } = form;
    return [{ type: publicType(noun, event.type), noun, topic, means, schema, fact: event.type }];
  }),
  {
    type: markerType(noun),
    noun,
    topic,
    means: 'Something was recorded that is nobody else’s business; it keeps the sequence without gaps.',
    schema: Type.Object({}),
  },
]);
