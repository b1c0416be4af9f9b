import type { Static } from '@sinclair/typebox';
import { UNSPECIFIED, type Issue } from '#complaint/vocabulary';
import type { Group as GroupSchema } from './events.ts';

export type Group = Static<typeof GroupSchema>;

/** The group that an issue counts in (docs/formats.md, Recurrence, exactly): its codes. None while nobody named what went wrong. */
export const groupOf = (issue: Pick<Issue, 'category' | 'product' | 'process' | 'touchpoint'>): Group | undefined => {
  if (issue.category === UNSPECIFIED) return undefined;
  const { category, product, touchpoint } = issue;
  const { department, process } = issue.process ?? {};
  return {
    category,
    ...(product !== undefined && { product }),
    ...(department !== undefined && { department }),
    ...(process !== undefined && { process }),
    ...(touchpoint !== undefined && { touchpoint }),
  };
};

/**
 * NOTE: stream ids are derived from this text, so it is for ever: category, product, department, process and touchpoint
 * in this order, divided by `/`, which no code holds; what is not known is empty.
 */
export const groupKey = ({ category, product = '', department = '', process = '', touchpoint = '' }: Group): string =>
  [category, product, department, process, touchpoint].join('/');
