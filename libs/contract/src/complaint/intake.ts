import { Type } from '@sinclair/typebox';
import type { ChapterEvent } from '#complaint/events';
import { told, type Contract } from '../public-form.ts';
import { code, due, id, issue, listOf, maybe, yes } from '../vocabulary.ts';

export const intakeContract: Contract<ChapterEvent<'intake'>> = {
  ComplaintReceived: told(
    'A customer told us that expectations were not met.',
    Type.Object({
      reference: Type.String({
        pattern: '^[0-9A-HJKMNP-TV-Z]{7,}$',
        maxLength: 64,
        description: 'What people call the complaint by, without hyphens',
      }),
      channel: code('How it came in', ['phone', 'email', 'web-form']),
      desiredOutcomes: listOf(
        code('One of them', ['repair', 'explanation', 'never-again']),
        'What the customer hopes for',
      ),
      confidentiality: code('Who may know the customer', ['open', 'confidential', 'anonymous']),
      customer: maybe(
        Type.Object(
          { id: id("The customer's subject; whoever is entitled asks for more over REST") },
          {
            description: 'Only of open complaints: of the others even a link to earlier complaints would tell too much',
          },
        ),
      ),
      product: maybe(code('What was bought')),
      issues: listOf(issue('One of them'), 'What went wrong'),
      origin: maybe(
        Type.Object(
          { system: code('The other system'), migrated: yes('An existing record: no calls, clocks or escalation') },
          { description: 'Where it came from, when it came from another system' },
        ),
      ),
      dues: listOf(due('One of them'), 'The clocks that started'),
    }),
    ({ confidentiality, customer, purchase, ...data }) => ({
      ...data,
      confidentiality,
      ...(confidentiality === 'open' && { customer: { id: customer.id } }),
      ...(purchase?.product !== undefined && { product: purchase.product }),
    }),
  ),
  ComplaintAcknowledged: told(
    'The customer was told that the complaint has arrived, and by when there will be an answer.',
    Type.Object({ channel: code('How the customer was told'), dues: listOf(due('One of them'), 'What was announced') }),
  ),
  ContactGiven: 'private',
  HandlerAssigned: 'private',
};
