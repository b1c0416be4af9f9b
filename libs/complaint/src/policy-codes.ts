import { refused } from '#fact/decision';
import type { Policy } from '#policy/policy';
import { UNSPECIFIED } from './vocabulary.ts';

/** One place of a command that is not as it must be; JSON pointers as the door shows them. Never holds a value. */
export interface WrongPlace {
  readonly pointer: string;
  readonly code: string;
  readonly detail: string;
}

const unknown = (pointer: string, what: string): WrongPlace => ({
  pointer,
  code: 'unknown-code',
  detail: `The policy has no such ${what}.`,
});

/** The refusal of codes that the policy does not know; undefined when all are known. */
export const unknownCodes = (...wrong: readonly WrongPlace[]) =>
  wrong.length > 0
    ? refused('unknown-code', wrong.map(({ detail }) => detail).join(' '), { errors: wrong })
    : undefined;

export const wrongChannel = (channel: string, policy: Policy): WrongPlace[] =>
  Object.hasOwn(policy.channels, channel) ? [] : [unknown('#/channel', 'channel')];

export const wrongOutcomes = (outcomes: readonly string[], policy: Policy): WrongPlace[] =>
  outcomes.flatMap((outcome, index) =>
    policy.desiredOutcomes.includes(outcome) ? [] : [unknown(`#/desiredOutcomes/${index}`, 'desired outcome')],
  );

/** Categories are open unless the policy lists them; `unspecified` is always one. */
export const wrongCategory = (category: string | undefined, policy: Policy, pointer = '#/category'): WrongPlace[] =>
  category === undefined ||
  category === UNSPECIFIED ||
  policy.categories === null ||
  policy.categories.includes(category)
    ? []
    : [unknown(pointer, 'category')];

export const wrongPromise = (what: string, policy: Policy): WrongPlace[] =>
  policy.promiseKinds.includes(what) ? [] : [unknown('#/what', 'kind of promise')];

export const wrongItem = (item: string, policy: Policy): WrongPlace[] =>
  policy.catalogue.some((entry) => entry.item === item) ? [] : [unknown('#/item', 'item in its catalogue')];
