import type { Answered } from '#desk/queries/query';
import { problemOfRefusal } from '../answer.ts';

/** What a query found. Throws Problem for its refusal. */
export const found = <T>(answered: Answered<T>): Extract<Answered<T>, { kind: 'found' }> => {
  if (answered.kind === 'refused') throw problemOfRefusal(answered.refusal);
  return answered;
};
