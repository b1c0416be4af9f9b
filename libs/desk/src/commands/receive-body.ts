import { CONFIDENTIALITIES, CUSTOMER_TYPES, THIRD_PARTIES } from '#complaint/vocabulary';
import {
  Choice,
  Code,
  Codes,
  Day,
  Flag,
  Id,
  Inside,
  LanguageTag,
  ListOf,
  Reference,
  ShortText,
  Text,
  Words,
} from '../fields.ts';
import { DatedBody, MoneyBody } from '../shapes.ts';
import { IssueBody } from './issue-body.ts';

/** What can be told at intake (docs/domain.md §2). The least: the channel and the customer's words. */

export class CustomerBody {
  @Reference({ optional: true, means: 'The organisation’s own number for the customer.', example: 'C-1042' })
  readonly reference?: string;
  @ShortText({ optional: true })
  readonly name?: string;
  @ShortText({ optional: true })
  readonly phone?: string;
  @ShortText({ optional: true })
  readonly email?: string;
  @Day({ optional: true, means: 'Since when a customer.' })
  readonly since?: string;
  @Choice(CUSTOMER_TYPES, { optional: true })
  readonly type?: (typeof CUSTOMER_TYPES)[number];
}

export class RepresentativeBody {
  @ShortText({ optional: true })
  readonly name?: string;
  @ShortText({ optional: true })
  readonly phone?: string;
  @ShortText({ optional: true })
  readonly email?: string;
  @Text({ optional: true, means: 'What the representative may do.' })
  readonly mandate?: string;
  @Day({ optional: true, means: 'The last day of the mandate.' })
  readonly mandateUntil?: string;
}

export class PurchaseBody {
  @Reference({ optional: true, example: 'A-77' })
  readonly order?: string;
  @Code({ optional: true, example: 'sofa' })
  readonly product?: string;
  @Inside(() => MoneyBody, { optional: true })
  readonly value?: MoneyBody;
}

export class OriginBody {
  @Code({ means: 'The system that the record comes from.', example: 'cfpb' })
  readonly system!: string;
  @ShortText({ optional: true, means: 'The record’s id there.' })
  readonly id?: string;
  @Flag({ optional: true, means: 'An existing record brought over: no calls, timers or escalation. Absent: false.' })
  readonly migrated?: boolean;
}

export class ReceiptBody extends DatedBody {
  @Code({ means: 'A channel that the policy knows.', example: 'phone' })
  readonly channel!: string;
  @Words({
    means: 'The customer’s own words.',
    example: 'The courier came a day late for the third time and nobody called.',
  })
  readonly words!: string;
  @Text({ optional: true, means: 'The employee’s summary.' })
  readonly summary?: string;
  @LanguageTag({ optional: true })
  readonly language?: string;
  @Code({ optional: true, means: 'The tone, kept apart from the substance.', example: 'angry' })
  readonly tone?: string;
  @Codes(20, {
    optional: true,
    means: 'What the customer hopes for: outcomes that the policy knows.',
    example: ['explanation', 'never-again'],
  })
  readonly desiredOutcomes?: string[];
  @Choice(CONFIDENTIALITIES, { optional: true, means: 'Absent: open.' })
  readonly confidentiality?: (typeof CONFIDENTIALITIES)[number];
  @Inside(() => CustomerBody, { optional: true, means: 'As far as known; nobody must give a name.' })
  readonly customer?: CustomerBody;
  @Inside(() => RepresentativeBody, { optional: true, means: 'Who acts for the customer.' })
  readonly representative?: RepresentativeBody;
  @Codes(20, { optional: true, means: 'Vulnerability and accessibility needs.' })
  readonly needs?: string[];
  @Inside(() => PurchaseBody, { optional: true })
  readonly purchase?: PurchaseBody;
  @ListOf(() => IssueBody, 50, { optional: true, means: 'What went wrong; absent: one unspecified issue is made.' })
  readonly issues?: IssueBody[];
  @Flag({ optional: true, means: 'The customer threatens to leave.' })
  readonly threatToLeave?: boolean;
  @Choice(THIRD_PARTIES, { optional: true, means: 'Who else is involved.' })
  readonly thirdParty?: (typeof THIRD_PARTIES)[number];
  @Id({ optional: true, means: 'The complaint that this one succeeds.' })
  readonly follows?: string;
  @Inside(() => OriginBody, { optional: true, means: 'Where the record comes from, when it was not received here.' })
  readonly origin?: OriginBody;
}
