import { Type } from '@sinclair/typebox';
import { Uuid } from '#fact/vocabulary';
import { notFound } from '../answering.ts';
import { REFERENCE } from '../forms.ts';
import { STAFF } from '../roles.ts';
import { DESK_READS } from './desk-reads.ts';
import { required } from './parameters.ts';
import { defineQuery } from './query.ts';

/**
 * Which person a customer's reference stands for: the subject's id, and nothing else, so nothing that an erasure would
 * have to reach. A customer is found and never listed.
 */
export const findCustomer = defineQuery({
  operation: 'Customer.find',
  tag: 'customers',
  path: 'v1/customers',
  summary: 'Which subject a customer’s reference stands for.',
  roles: STAFF,
  parameters: {
    reference: required({
      description: 'The organisation’s own number for the customer.',
      schema: { type: 'string', pattern: REFERENCE.source },
      mustBe: 'letters, digits, dots, underscores and hyphens, at most 64',
      read: (text: string): string | undefined => (REFERENCE.test(text) ? text : undefined),
    }),
  },
  answer: Type.Object({ id: Uuid }),
  refusals: ['not-found'],
  from: DESK_READS,
  select: async ({ desk }, { reference }) => {
    const id = await desk.parts.subjects.find(reference);
    return id === undefined ? notFound : { kind: 'found', value: { id } };
  },
});
