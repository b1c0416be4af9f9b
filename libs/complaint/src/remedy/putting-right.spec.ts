import { causeExplained, explanationWaived } from '../causes/events.ts';
import { explain } from '../causes/explain.ts';
import {
  doing,
  explained,
  corrected,
  given,
  id,
  ISSUE,
  offered,
  received,
  reopened,
  resolved,
  words,
} from '../complaint.stories.ts';
import { acceptCompensation } from './accept-compensation.ts';
import { correct } from './correct.ts';
import { declineCompensation } from './decline-compensation.ts';
import { deliverCompensation } from './deliver-compensation.ts';
import {
  compensationAccepted,
  compensationDeclined,
  compensationDelivered,
  compensationOffered,
  correctionMade,
} from './events.ts';
import { offerCompensation } from './offer-compensation.ts';

describe('explaining', () => {
  it('tells the customer why it happened, and again when more is known', () => {
    given(received)
      .when(doing(explain, { text: words }))
      .then(explained);
    given(received, explained)
      .when(doing(explain, { text: words }))
      .then(explained);
  });

  it('may be waived with a reason, once, and not after it was done', () => {
    const waived = explanationWaived({ reason: words });
    given(received)
      .when(doing(explain, { reason: words }))
      .then(waived);
    given(received, waived)
      .when(doing(explain, { reason: words }))
      .thenNothing();
    given(received, explained)
      .when(doing(explain, { reason: words }))
      .thenNothing();
  });

  it('is welcome after a waiver', () =>
    given(received, explanationWaived({ reason: words }))
      .when(doing(explain, { text: words }))
      .then(causeExplained({ text: words })));
});

describe('a correction', () => {
  const made = { correction: id(1), issue: ISSUE, what: words, inPresence: true };

  it('puts an issue of this complaint right', () => {
    given(received).when(doing(correct, made)).then(corrected);
    given(received)
      .when(doing(correct, { ...made, issue: id(7) }))
      .thenRefused('unknown-issue');
  });

  it('is a new fact each time, and the same one once', () => {
    given(received, corrected)
      .when(doing(correct, { ...made, correction: id(3) }))
      .then(correctionMade({ ...made, correction: id(3) }));
    given(received, corrected).when(doing(correct, made)).thenNothing();
  });
});

describe('a compensation', () => {
  const compensation = id(2);
  const accepted = compensationAccepted({ compensation });
  const declined = compensationDeclined({ compensation, reason: words });
  const delivered = compensationDelivered({ compensation, proof: words });

  it('is offered from the catalogue, for an issue of this complaint', () => {
    const value = { amount: 2500, currency: 'EUR' };
    given(received)
      .when(doing(offerCompensation, { compensation, issue: ISSUE, item: 'flowers' }))
      .then(offered);
    given(received)
      .when(doing(offerCompensation, { compensation, issue: ISSUE, item: 'gift-card', value }))
      .then(compensationOffered({ compensation, issue: ISSUE, item: 'gift-card', value }));
    given(received)
      .when(doing(offerCompensation, { compensation, issue: ISSUE, item: 'a-yacht' }))
      .thenRefused('unknown-code', { errors: [expect.objectContaining({ pointer: '#/item' })] });
    given(received)
      .when(doing(offerCompensation, { compensation, issue: id(7), item: 'flowers' }))
      .thenRefused('unknown-issue');
  });

  it('is offered once', () =>
    given(received, offered)
      .when(doing(offerCompensation, { compensation, issue: ISSUE, item: 'flowers' }))
      .thenNothing());

  it('is accepted once', () => {
    given(received, offered).when(doing(acceptCompensation, { compensation })).then(accepted);
    given(received, offered, accepted).when(doing(acceptCompensation, { compensation })).thenNothing();
  });

  it('is declined once, with the reason', () => {
    given(received, offered)
      .when(doing(declineCompensation, { compensation, reason: words }))
      .then(declined);
    given(received, offered, declined)
      .when(doing(declineCompensation, { compensation, reason: words }))
      .thenNothing();
  });

  it('is delivered once, with proof, accepted or not', () => {
    given(received, offered)
      .when(doing(deliverCompensation, { compensation, proof: words }))
      .then(delivered);
    given(received, offered, accepted)
      .when(doing(deliverCompensation, { compensation, proof: words }))
      .then(delivered);
    given(received, offered, delivered)
      .when(doing(deliverCompensation, { compensation, proof: words }))
      .thenNothing();
  });

  it('may be accepted by a customer who declined it, and then counts as declined no more', () => {
    const { state } = given(received, offered, declined, accepted);
    expect(state!.compensations.at(0)).toMatchObject({ declined: null, accepted: { revision: 3 } });
    given(received, offered, declined).when(doing(acceptCompensation, { compensation })).then(accepted);
  });

  it('may be declined by a customer who accepted it', () => {
    const { state } = given(received, offered, accepted, declined);
    expect(state!.compensations.at(0)).toMatchObject({ accepted: null, declined: { revision: 3 } });
    given(received, offered, accepted)
      .when(doing(declineCompensation, { compensation, reason: words }))
      .then(declined);
  });

  it('is accepted, declined or delivered again in a new conduct; until then what was settled stays settled', () => {
    const again = given(received, offered, accepted, delivered, resolved, reopened);
    expect(again.state!.compensations.at(0)).toMatchObject({ accepted: { revision: 2 }, delivered: { revision: 3 } });
    again.when(doing(acceptCompensation, { compensation })).then(accepted);
    again.when(doing(deliverCompensation, { compensation, proof: words })).then(delivered);
    given(received, offered, declined, resolved, reopened)
      .when(doing(declineCompensation, { compensation, reason: words }))
      .then(declined);
  });

  it('must have been offered', () => {
    given(received).when(doing(acceptCompensation, { compensation })).thenRefused('unknown-issue');
    given(received)
      .when(doing(declineCompensation, { compensation, reason: words }))
      .thenRefused('unknown-issue');
    given(received)
      .when(doing(deliverCompensation, { compensation, proof: words }))
      .thenRefused('unknown-issue');
  });
});
