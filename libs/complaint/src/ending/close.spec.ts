import { at, factId } from '#fact/story';
import type { Told } from '#fact/story';
import { callAttempted, customerNotReached, customerReached, followUpSuperseded } from '#follow-up/events';
import { explanationWaived } from '../causes/events.ts';
import {
  apologised,
  CALL,
  callOf,
  corrected,
  explained,
  given,
  id,
  ISSUE,
  offered,
  policy,
  received,
  receivedAs,
  receivedGrave,
  receivedMigrated,
  reopened,
  resolved,
  responsible,
  thanked,
  withdrawn,
  words,
} from '../complaint.stories.ts';
import type { Complaint } from '../complaint.ts';
import type { ComplaintEvent } from '../events.ts';
import { issueAdded, issueAssessed, issueReclassified } from '../issues/events.ts';
import { compensationAccepted, compensationDeclined, compensationDelivered, correctionMade } from '../remedy/events.ts';
import { close } from './close.ts';
import { complaintClosed } from './events.ts';

const satisfied = customerReached({ solution: 5, attitude: 4, declined: false });
const closing = (call: ReturnType<typeof callOf> | undefined) => (complaint: Complaint) =>
  close({}, complaint, call, policy);
const conducted = [received, thanked, apologised('handler', 'written'), explained, corrected] as const;

/** Closes after these facts and a resolution, with a call that reached the customer. */
const closingAfter = (...facts: readonly Told<ComplaintEvent>[]) =>
  given(...facts, resolved).when(closing(callOf(facts.length, satisfied)));

const missing = (...codes: readonly string[]) => ({
  missing: codes.map((code) => expect.objectContaining({ code, why: expect.any(String) })),
});

describe('closing', () => {
  it('keeps the call that made sure, as it was read', () =>
    closingAfter(...conducted).then(complaintClosed({ followUp: { id: CALL, revision: 1, standing: 'reached' } })));

  it('is as possible when the customer could not be reached', () =>
    given(...conducted, resolved)
      .when(
        closing(
          callOf(5, callAttempted({ result: 'busy', counted: true, number: 3 }), customerNotReached({ attempts: 3 })),
        ),
      )
      .then(complaintClosed({ followUp: { id: CALL, revision: 2, standing: 'exhausted' } })));

  it('keeps that the customer was reached, when they called back after all attempts were made', () =>
    given(...conducted, resolved)
      .when(closing(callOf(5, customerNotReached({ attempts: 3 }), satisfied)))
      .then(complaintClosed({ followUp: { id: CALL, revision: 2, standing: 'reached' } })));

  it('says nothing the second time', () =>
    given(...conducted, resolved, complaintClosed({}))
      .when(closing(undefined))
      .thenNothing());

  it('lists everything that is missing, in the order of the conduct', () =>
    given(receivedGrave)
      .when(closing(undefined))
      .thenRefused('not-ready-to-close', {
        missing: [
          expect.objectContaining({ code: 'thanks' }),
          expect.objectContaining({ code: 'apology' }),
          expect.objectContaining({ code: 'apology' }),
          expect.objectContaining({ code: 'responsibility' }),
          expect.objectContaining({ code: 'explanation' }),
          expect.objectContaining({ code: 'remedy', issue: ISSUE }),
          expect.objectContaining({ code: 'resolution' }),
          expect.objectContaining({ code: 'follow-up' }),
        ],
      }));

  it('demands the thanks', () =>
    closingAfter(received, apologised('handler', 'written'), explained, corrected).thenRefused(
      'not-ready-to-close',
      missing('thanks'),
    ));

  it('demands the resolution', () =>
    given(...conducted)
      .when(closing(callOf(5, satisfied)))
      .thenRefused('not-ready-to-close', missing('resolution', 'follow-up')));

  it('demands an explanation, or a reasoned waiver', () => {
    const others = [received, thanked, apologised('handler', 'written'), corrected] as const;
    closingAfter(...others).thenRefused('not-ready-to-close', missing('explanation'));
    expect(closingAfter(...others, explanationWaived({ reason: words })).decision.kind).toBe('recorded');
  });
});

describe('the apology that closing demands', () => {
  const apologisedFor = (severity: 'minor' | 'costly' | 'grave', ...apologies: readonly ComplaintEvent[]) =>
    closingAfter(receivedAs(severity), thanked, explained, corrected, ...apologies);

  it('may be spoken for what is minor', () => {
    apologisedFor('minor').thenRefused('not-ready-to-close', missing('apology'));
    expect(apologisedFor('minor', apologised('handler', 'spoken')).decision.kind).toBe('recorded');
  });

  it('is written, or a small gift, for what is costly', () => {
    apologisedFor('costly', apologised('handler', 'spoken')).thenRefused('not-ready-to-close', missing('apology'));
    expect(apologisedFor('costly', apologised('handler', 'gift')).decision.kind).toBe('recorded');
  });

  it('comes from a manager or director in addition for what is grave, with responsibility', () => {
    const [handlers, managers] = [apologised('handler', 'written'), apologised('manager', 'spoken')];
    apologisedFor('grave', handlers).thenRefused('not-ready-to-close', missing('apology', 'responsibility'));
    apologisedFor('grave', handlers, managers).thenRefused('not-ready-to-close', missing('responsibility'));
    apologisedFor('grave', handlers, responsible).thenRefused('not-ready-to-close', missing('apology'));
    apologisedFor('grave', managers, responsible).thenRefused('not-ready-to-close', missing('apology'));
    expect(apologisedFor('grave', handlers, managers, responsible).decision.kind).toBe('recorded');
    expect(apologisedFor('grave', handlers, apologised('director', 'spoken'), responsible).decision.kind).toBe(
      'recorded',
    );
  });

  it('goes by the gravest issue as it is classified now', () => {
    const minor = [receivedAs('minor'), thanked, apologised('handler', 'spoken'), explained, corrected] as const;
    const graver = issueReclassified({ issue: ISSUE, severity: 'grave', reason: words });
    closingAfter(...minor, graver).thenRefused('not-ready-to-close', missing('apology', 'apology', 'responsibility'));
    const lighter = issueReclassified({ issue: ISSUE, severity: 'minor', reason: words });
    expect(closingAfter(...minor, graver, lighter).decision.kind).toBe('recorded');
    const second = issueAdded({ issue: { id: id(5), category: 'rude', severity: 'grave', presumed: 'minor' } });
    closingAfter(...minor, second).thenRefused(
      'not-ready-to-close',
      missing('apology', 'apology', 'responsibility', 'remedy'),
    );
  });

  it('goes by what is presumed while no severity is known', () => {
    const presumed = issueAdded({ issue: { id: id(5), category: 'rude', presumed: 'grave' } });
    const remedied = correctionMade({ ...corrected.data, correction: id(6), issue: id(5) });
    const minor = [receivedAs('minor'), thanked, apologised('handler', 'spoken'), explained, corrected] as const;
    closingAfter(...minor, presumed, remedied).thenRefused(
      'not-ready-to-close',
      missing('apology', 'apology', 'responsibility'),
    );
  });
});

describe('the remedy that closing demands', () => {
  const compensation = id(2);
  const accepted = compensationAccepted({ compensation });
  const delivered = compensationDelivered({ compensation, proof: words });
  const declined = compensationDeclined({ compensation, reason: words });
  const remedied = (...facts: readonly ComplaintEvent[]) =>
    closingAfter(received, thanked, apologised('handler', 'written'), explained, ...facts);

  it('is a correction, or a compensation that was delivered or declined', () => {
    remedied().thenRefused('not-ready-to-close', missing('remedy'));
    remedied(offered).thenRefused('not-ready-to-close', missing('remedy'));
    remedied(offered, accepted).thenRefused('not-ready-to-close', missing('remedy'));
    expect(remedied(offered, accepted, delivered).decision.kind).toBe('recorded');
    expect(remedied(offered, declined).decision.kind).toBe('recorded');
    expect(remedied(corrected).decision.kind).toBe('recorded');
  });

  it('is owed again by a customer who accepts what they declined', () =>
    remedied(offered, declined, accepted).thenRefused('not-ready-to-close', missing('remedy')));

  it('is the compensation when it cannot be repaired', () => {
    const hopeless = issueAssessed({ issue: ISSUE, repairable: false });
    remedied(hopeless, corrected).thenRefused('not-ready-to-close', missing('remedy'));
    expect(remedied(hopeless, offered, delivered).decision.kind).toBe('recorded');
    expect(remedied(hopeless, offered, declined).decision.kind).toBe('recorded');
    expect(remedied(hopeless, corrected, issueAssessed({ issue: ISSUE, repairable: true })).decision.kind).toBe(
      'recorded',
    );
  });

  it('is owed for each issue, and names the one that lacks it', () => {
    const second = issueAdded({ issue: { id: id(5), category: 'rude', presumed: 'minor' } });
    remedied(corrected, second).thenRefused('not-ready-to-close', {
      missing: [expect.objectContaining({ code: 'remedy', issue: id(5) })],
    });
  });
});

describe('the call that closing demands', () => {
  const atTheEnd = (call: ReturnType<typeof callOf> | undefined) => given(...conducted, resolved).when(closing(call));

  it('is one that reached the customer, or used up its attempts', () => {
    atTheEnd(undefined).thenRefused('not-ready-to-close', missing('follow-up'));
    atTheEnd(callOf(5)).thenRefused('not-ready-to-close', missing('follow-up'));
    atTheEnd(callOf(5, callAttempted({ result: 'busy', counted: true, number: 2 }))).thenRefused(
      'not-ready-to-close',
      missing('follow-up'),
    );
  });

  it('is no call that a reopening superseded', () =>
    atTheEnd(callOf(5, followUpSuperseded({ by: factId(6) }))).thenRefused('not-ready-to-close', missing('follow-up')));

  it("is the latest resolution's, never an earlier one's", () => {
    const again = given(...conducted, resolved, reopened, resolved);
    again.when(closing(callOf(5, satisfied))).thenRefused('not-ready-to-close', missing('follow-up'));
    expect(again.when(closing(callOf(7, satisfied))).decision.kind).toBe('recorded');
  });

  it('is not demanded of a migrated complaint, which has none; everything else is', () => {
    const migrated = [receivedMigrated, thanked, apologised('handler', 'written'), explained, corrected] as const;
    given(...migrated, resolved)
      .when(closing(undefined))
      .then(complaintClosed({}));
    given(receivedMigrated, resolved)
      .when(closing(undefined))
      .thenRefused('not-ready-to-close', missing('thanks', 'apology', 'explanation', 'remedy'));
  });
});

describe('after a reopening', () => {
  it('of a withdrawal, the resolution and the call of before count no more, though the call reached the customer', () => {
    const again = given(...conducted, resolved, withdrawn, reopened);
    again.when(closing(callOf(5, satisfied))).thenRefused('not-ready-to-close', missing('resolution', 'follow-up'));
    given(...conducted, resolved, withdrawn, reopened, resolved)
      .when(closing(callOf(5, satisfied)))
      .thenRefused('not-ready-to-close', missing('follow-up'));
    given(...conducted, resolved, withdrawn, reopened, resolved)
      .when(closing(callOf(8, satisfied)))
      .then(complaintClosed({ followUp: { id: CALL, revision: 1, standing: 'reached' } }));
  });

  it('a compensation that was delivered or declined still counts, and one that is accepted after all is owed', () => {
    const compensation = id(2);
    const unmended = conducted.slice(0, -1);
    const again = (...before: readonly ComplaintEvent[]) => [...unmended, offered, ...before, resolved, reopened];
    const delivered = again(compensationDelivered({ compensation, proof: words }));
    expect(closingAfter(...delivered).decision.kind).toBe('recorded');
    const declined = again(compensationDeclined({ compensation, reason: words }));
    expect(closingAfter(...declined).decision.kind).toBe('recorded');
    closingAfter(...declined, compensationAccepted({ compensation })).thenRefused(
      'not-ready-to-close',
      missing('remedy'),
    );
  });

  it('only the resolution and its call are demanded anew: the rest stands', () =>
    given(...conducted, resolved, complaintClosed({}), reopened)
      .when(closing(callOf(5, satisfied)))
      .thenRefused('not-ready-to-close', missing('resolution', 'follow-up')));

  it('closing is a fact again', () =>
    given(...conducted, at('2026-03-02T10:00:00.000Z', resolved), complaintClosed({}), reopened, resolved)
      .when(closing(callOf(8, satisfied)))
      .then(complaintClosed({ followUp: { id: CALL, revision: 1, standing: 'reached' } })));
});
