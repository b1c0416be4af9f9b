import { Type } from '@sinclair/typebox';
import type { ComplaintEvent } from '#complaint/events';
import { told, type Contract } from './public-form.ts';
import { code, count, due, id, instant, issue, listOf, maybe, money, process, severity, yes } from './vocabulary.ts';

/**
 * What departments and other systems learn of a complaint. NOTE: published for ever; a form only gains optional fields.
 *
 * What is left out, and why: words, names and whatever else is personal (docs/domain.md §10); who handled, decided or erred
 * (docs/domain.md §6, no blame); needs, tone, threats and the purchase's value, which say something about a person and nothing
 * about a process. What was left out can be added; what was published cannot be taken back.
 */
export const complaintContract: Contract<ComplaintEvent> = {
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
  CustomerThanked: told('The customer was thanked.', Type.Object({})),
  ApologyGiven: told(
    'Somebody apologised to the customer.',
    Type.Object({
      level: code('The role of who apologised', ['handler', 'manager', 'director']),
      form: code('How', ['spoken', 'written', 'gift']),
    }),
  ),
  ResponsibilityAccepted: told('Responsibility was accepted in the name of the company.', Type.Object({})),
  InformationRequested: told(
    'The customer was asked for help in clarifying what happened.',
    Type.Object({
      request: id('The request'),
      topic: maybe(code('What was asked for', ['photo'])),
      time: count('How often this topic has been asked for; 2 = asked twice'),
    }),
  ),
  InformationGiven: told(
    'The customer told us more about what happened.',
    Type.Object({ request: maybe(id('The request that this answers')) }),
  ),
  MessageRecorded: told(
    'A message went to the customer or came from the customer.',
    Type.Object({
      message: id('The message'),
      direction: code('From or to the customer', ['in', 'out']),
      channel: code('How'),
    }),
  ),
  PromiseMade: told(
    'We promised the customer something by a time.',
    Type.Object({
      promise: id('The promise'),
      what: code('What was promised', ['update', 'fix', 'payment']),
      due: instant('By when'),
    }),
  ),
  PromiseFulfilled: told('A promise to the customer was kept.', Type.Object({ promise: id('The promise') })),
  PromiseBroken: told(
    'A promise to the customer was not kept in time.',
    Type.Object({ promise: id('The promise'), what: code('What was promised'), due: instant('By when') }),
  ),
  FirstResponseMissed: told(
    'Nobody answered the customer within the norm.',
    Type.Object({ due: instant('By when an answer was due') }),
  ),
  FirstResponseFoundTimely: told(
    'A response that was recorded late turned out to have been given in time.',
    Type.Object({ due: instant('By when an answer was due'), respondedAt: instant('When it was given') }),
  ),
  CustomerAnswered: told(
    'The customer said whether the resolution is acceptable.',
    Type.Object({ answer: code('What the customer said', ['accepted', 'partly', 'not-accepted', 'silent']) }),
  ),
  IssueAdded: told('One more thing that went wrong came to light.', Type.Object({ issue: issue('What went wrong') })),
  IssueReclassified: told(
    'What went wrong was classified anew; what is absent stays as it was.',
    Type.Object({
      issue: id('The issue'),
      category: maybe(code('What kind of thing went wrong')),
      severity: maybe(severity('How heavy it weighs')),
      product: maybe(code('Product or service')),
      touchpoint: maybe(code('Where the customer met it')),
      process: maybe(process('What failed')),
    }),
  ),
  IssueAssessed: told(
    'It was decided whether this can be repaired.',
    Type.Object({ issue: id('The issue'), repairable: yes('Whether it can be repaired') }),
  ),
  CauseSuspected: told(
    'A process is suspected as the cause.',
    Type.Object({ cause: id('The cause'), issue: id('The issue'), process: process('What is suspected') }),
  ),
  CauseConfirmed: told(
    'A process is confirmed as the cause.',
    Type.Object({
      cause: id('The cause'),
      issue: id('The issue'),
      confirms: maybe(id('The suspected cause that this confirms')),
      process: process('What failed'),
    }),
  ),
  CauseExplained: told('The customer was told why it happened.', Type.Object({})),
  ExplanationWaived: told('No explanation is owed, for a stated reason.', Type.Object({})),
  CorrectionMade: told(
    'What went wrong was put right.',
    Type.Object({
      correction: id('The correction'),
      issue: id('The issue'),
      inPresence: yes('Whether the customer was there'),
    }),
  ),
  CompensationOffered: told(
    'The customer was offered something of value for time and trouble.',
    Type.Object({
      compensation: id('The compensation'),
      issue: id('The issue'),
      item: code('The item of the catalogue', ['free-delivery']),
      value: maybe(money('What it is worth')),
    }),
  ),
  CompensationAccepted: told(
    'The customer accepted the compensation.',
    Type.Object({ compensation: id('The compensation') }),
  ),
  CompensationDeclined: told(
    'The customer declined the compensation.',
    Type.Object({ compensation: id('The compensation') }),
  ),
  CompensationDelivered: told(
    'The compensation reached the customer.',
    Type.Object({ compensation: id('The compensation') }),
  ),
  ComplaintResolved: told('The customer was told how the complaint is resolved.', Type.Object({})),
  ComplaintClosed: told(
    'Everything that closing demands was done.',
    Type.Object({
      followUp: maybe(
        Type.Object(
          { id: id('The call'), standing: code('How it ended', ['reached', 'exhausted']) },
          { description: 'The call that made sure; absent for records that were brought over' },
        ),
      ),
    }),
  ),
  ComplaintReopened: told('The conduct of the complaint begins anew.', Type.Object({})),
  ComplaintWithdrawn: told('The customer withdrew the complaint.', Type.Object({})),
  FactRectified: told(
    'An earlier fact was found wrong; whoever is entitled asks over REST what is right.',
    Type.Object({ fact: id('The ce_id of the earlier fact') }),
  ),
  RuleOverridden: told(
    'A rule was set aside for what follows, for a stated reason.',
    Type.Object({ rule: code('The rule', ['apology-before-thanks']) }),
  ),
};
