import { acceptCompensation } from '#complaint/remedy/accept-compensation';
import { correct } from '#complaint/remedy/correct';
import { declineCompensation } from '#complaint/remedy/decline-compensation';
import { deliverCompensation } from '#complaint/remedy/deliver-compensation';
import { offerCompensation } from '#complaint/remedy/offer-compensation';
import { personalText } from '#fact/personal';
import { Money, Uuid } from '#fact/vocabulary';
import { code, Mark, marked, nullable, optional, Told } from '../answer-schemas.ts';
import { Code, Flag, Id, Inside, Text } from '../fields.ts';
import { markView, partView, told } from '../part-view.ts';
import { CONDUCTORS } from '../roles.ts';
import { DatedBody, MoneyBody } from '../shapes.ts';
import { chapter } from './command-description.ts';
import { complaintCommand } from './complaint-command.ts';
import { correctionMembers } from './issues.ts';

/** Making the thing right, and something of value for time and trouble (docs/domain.md §3.5, §4). */

export class CorrectionBody extends DatedBody {
  @Id()
  readonly issue!: string;
  @Text({ means: 'What was put right.' })
  readonly what!: string;
  @Flag({ optional: true, means: 'Whether the customer was there; absent: false.' })
  readonly inPresence?: boolean;
}
export const Correct = complaintCommand({
  operation: 'PuttingRight.correct',
  summary: 'Say what was put right.',
  body: CorrectionBody,
  roles: CONDUCTORS,
  rule: correct,
  refusals: ['already-closed', 'unknown-issue'],
  facts: ['CorrectionMade'],
  creates: 'correction',
  tell: ({ issue, what, inPresence = false }, { id }) => ({
    correction: id,
    issue,
    what: personalText(what),
    inPresence,
  }),
});

export class CompensationBody extends DatedBody {
  @Id()
  readonly issue!: string;
  @Code({ means: 'An item of the policy’s catalogue.', example: 'free-delivery' })
  readonly item!: string;
  @Inside(() => MoneyBody, { optional: true, means: 'What it is worth.' })
  readonly value?: MoneyBody;
}
export const OfferCompensation = complaintCommand({
  operation: 'PuttingRight.offerCompensation',
  summary: 'Offer something of value for time and trouble.',
  body: CompensationBody,
  roles: CONDUCTORS,
  rule: offerCompensation,
  refusals: ['already-closed', 'unknown-code', 'unknown-issue'],
  facts: ['CompensationOffered'],
  creates: 'compensation',
  tell: ({ issue, item, value }, { id }) => ({
    compensation: id,
    issue,
    item,
    ...(value && { value: { ...value } }),
  }),
});

export class AcceptanceBody extends DatedBody {}
export const AcceptCompensation = complaintCommand({
  operation: 'PuttingRight.accept',
  summary: 'The customer accepts the compensation.',
  body: AcceptanceBody,
  roles: CONDUCTORS,
  rule: acceptCompensation,
  refusals: ['already-closed', 'unknown-issue'],
  facts: ['CompensationAccepted'],
  tell: (_, { on }) => ({ compensation: on }),
});

export class DeclineBody extends DatedBody {
  @Text({ means: 'Why the customer does not want it.' })
  readonly reason!: string;
}
export const DeclineCompensation = complaintCommand({
  operation: 'PuttingRight.decline',
  summary: 'The customer declines the compensation.',
  body: DeclineBody,
  roles: CONDUCTORS,
  rule: declineCompensation,
  refusals: ['already-closed', 'unknown-issue'],
  facts: ['CompensationDeclined'],
  tell: ({ reason }, { on }) => ({ compensation: on, reason: personalText(reason) }),
});

export class DeliveryBody extends DatedBody {
  @Text({ means: 'What proves that it reached the customer.' })
  readonly proof!: string;
}
export const DeliverCompensation = complaintCommand({
  operation: 'PuttingRight.deliver',
  summary: 'The compensation reached the customer.',
  body: DeliveryBody,
  roles: CONDUCTORS,
  rule: deliverCompensation,
  refusals: ['already-closed', 'unknown-issue'],
  facts: ['CompensationDelivered'],
  tell: ({ proof }, { on }) => ({ compensation: on, proof: personalText(proof) }),
});

/** How these are read. */
export const remedyViews = {
  correction: partView('correction', {
    operation: 'Reading.correction',
    summary: 'A correction.',
    member: null, // with its issue
    answer: marked({ ...correctionMembers, issue: Uuid }),
    view: told,
  }),
  compensation: partView('compensation', {
    operation: 'Reading.compensation',
    summary: 'A compensation.',
    member: 'compensations',
    answer: marked({
      id: Uuid,
      issue: Uuid,
      item: code,
      value: optional(Money),
      accepted: nullable(Mark),
      declined: nullable(marked({ reason: Told })),
      delivered: nullable(marked({ proof: Told })),
    }),
    view: (compensation) => ({
      ...told(compensation),
      accepted: markView(compensation.accepted),
      declined: compensation.declined && told(compensation.declined),
      delivered: compensation.delivered && told(compensation.delivered),
    }),
  }),
};

export const remedy = chapter('complaints', [
  Correct,
  OfferCompensation,
  AcceptCompensation,
  DeclineCompensation,
  DeliverCompensation,
]);
