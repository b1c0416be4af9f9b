import { at } from '#fact/story';
import {
  acknowledged,
  closed,
  doing,
  FIRST_RESPONSE_DUE,
  given,
  id,
  receivedMigrated,
  receivedWithDue,
  reopened,
  resolved,
  thanked,
  withdrawn,
  words,
} from '../complaint.stories.ts';
import { messageRecorded } from '../conversation/events.ts';
import { recordMessage } from '../conversation/record-message.ts';
import { thank } from '../conversation/thank.ts';
import { acknowledge } from '../intake/acknowledge.ts';
import { complaintAcknowledged } from '../intake/events.ts';
import { firstResponseFoundTimely, firstResponseMissed } from './events.ts';
import { missClock } from './miss-clock.ts';

const IN_TIME = '2026-03-02T17:59:00.000Z';
const TOO_LATE = '2026-03-02T18:00:00.001Z';
const NEXT_DAY = '2026-03-03T09:00:00.000Z';

const missed = at(FIRST_RESPONSE_DUE, firstResponseMissed({ due: FIRST_RESPONSE_DUE }));
const foundTimely = (respondedAt: string) => firstResponseFoundTimely({ due: FIRST_RESPONSE_DUE, respondedAt });
const missing = (now: string) => doing(missClock, { clock: 'first-response', due: FIRST_RESPONSE_DUE, now });
const message = { message: id(1), direction: 'out', channel: 'email', text: words } as const;
const resolution = (from: string, due: string) => ({
  clock: 'resolution',
  from,
  due,
  workingDays: 10,
  calendar: 'default',
  calendarVersion: 0,
});

describe('acknowledging', () => {
  it('tells by when there will be an answer, counted from when it was told', () =>
    given(receivedWithDue)
      .when(doing(acknowledge, { channel: 'sms', effectiveAt: '2026-03-02T10:00:00.000Z' }))
      .then(
        complaintAcknowledged({
          channel: 'sms',
          dues: [resolution('2026-03-02T10:00:00.000Z', '2026-03-16T10:00:00.000Z')],
        }),
      ));

  it('sets no clock for a migrated complaint', () =>
    given(receivedMigrated)
      .when(doing(acknowledge, { channel: 'sms', effectiveAt: IN_TIME }))
      .then(complaintAcknowledged({ channel: 'sms', dues: [] })));

  it('sets no clock for a resolution that came first; a new conduct has one again', () => {
    given(receivedWithDue, resolved)
      .when(doing(acknowledge, { channel: 'sms', effectiveAt: IN_TIME }))
      .then(complaintAcknowledged({ channel: 'sms', dues: [] }));
    given(receivedWithDue, resolved, reopened)
      .when(doing(acknowledge, { channel: 'sms', effectiveAt: NEXT_DAY }))
      .then(complaintAcknowledged({ channel: 'sms', dues: [resolution(NEXT_DAY, '2026-03-16T18:00:00.000Z')] }));
  });

  it('goes by a channel that the policy knows', () =>
    given(receivedWithDue)
      .when(doing(acknowledge, { channel: 'pigeon', effectiveAt: IN_TIME }))
      .thenRefused('unknown-code', { errors: [expect.objectContaining({ pointer: '#/channel' })] }));

  it('says nothing the second time', () =>
    given(receivedWithDue, acknowledged)
      .when(doing(acknowledge, { channel: 'email', effectiveAt: NEXT_DAY }))
      .thenNothing());

  it('is said again in a new conduct', () => {
    const { decision } = given(receivedWithDue, acknowledged, resolved, reopened).when(
      doing(acknowledge, { channel: 'email', effectiveAt: NEXT_DAY }),
    );
    expect(decision.kind).toBe('recorded');
  });
});

describe('the first response', () => {
  it('is missed when nobody answered within the norm', () =>
    given(receivedWithDue)
      .when(missing(TOO_LATE))
      .then(firstResponseMissed({ due: FIRST_RESPONSE_DUE })));

  it('is not missed before its time has passed', () =>
    given(receivedWithDue).when(missing(FIRST_RESPONSE_DUE)).thenNothing());

  it('is missed once', () => given(receivedWithDue, missed).when(missing(NEXT_DAY)).thenNothing());

  it.each([
    ['an acknowledgement', acknowledged],
    ['the thanks', thanked],
    ['an outgoing message', messageRecorded(message)],
  ])('is given by %s', (_name, response) => {
    given(receivedWithDue, at(IN_TIME, response)).when(missing(NEXT_DAY)).thenNothing();
    given(receivedWithDue, at(TOO_LATE, response))
      .when(missing(NEXT_DAY))
      .then(firstResponseMissed({ due: FIRST_RESPONSE_DUE }));
  });

  it('is in time at the very instant that it is due', () =>
    given(receivedWithDue, at(FIRST_RESPONSE_DUE, thanked)).when(missing(NEXT_DAY)).thenNothing());

  it('is the earliest one, in whatever order they were recorded', () =>
    expect(given(receivedWithDue, at(NEXT_DAY, acknowledged), at(IN_TIME, thanked)).state!.clocks[0]!.end!.at).toBe(
      IN_TIME,
    ));

  it('is not given by what the customer writes', () =>
    given(receivedWithDue, at(IN_TIME, messageRecorded({ ...message, direction: 'in' })))
      .when(missing(NEXT_DAY))
      .then(firstResponseMissed({ due: FIRST_RESPONSE_DUE })));

  it('is marked as missed also after the end, but never on a migrated complaint', () => {
    given(receivedWithDue, closed)
      .when(missing(NEXT_DAY))
      .then(firstResponseMissed({ due: FIRST_RESPONSE_DUE }));
    given(receivedMigrated).when(missing(NEXT_DAY)).thenNothing();
  });

  it('is not missed by a customer who withdrew before it was due, also when the complaint is reopened', () => {
    given(receivedWithDue, at(FIRST_RESPONSE_DUE, withdrawn)).when(missing(NEXT_DAY)).thenNothing();
    given(receivedWithDue, at(IN_TIME, withdrawn), at(NEXT_DAY, reopened)).when(missing(NEXT_DAY)).thenNothing();
    given(receivedWithDue, at(TOO_LATE, withdrawn))
      .when(missing(NEXT_DAY))
      .then(firstResponseMissed({ due: FIRST_RESPONSE_DUE }));
  });

  it('turns out to have been in time when it was recorded late: the mark stands, and a fact says so', () => {
    given(receivedWithDue, missed)
      .when(doing(thank, { why: words, effectiveAt: IN_TIME }))
      .then(thanked, foundTimely(IN_TIME));
    given(receivedWithDue, missed)
      .when(doing(recordMessage, { ...message, effectiveAt: FIRST_RESPONSE_DUE }))
      .then(messageRecorded(message), foundTimely(FIRST_RESPONSE_DUE));
    given(receivedWithDue, missed)
      .when(doing(acknowledge, { channel: 'sms', effectiveAt: IN_TIME }))
      .then(
        complaintAcknowledged({ channel: 'sms', dues: [resolution(IN_TIME, '2026-03-16T17:59:00.000Z')] }),
        foundTimely(IN_TIME),
      );
  });

  it('is found timely once', () =>
    given(receivedWithDue, missed, at(NEXT_DAY, foundTimely(IN_TIME)))
      .when(doing(thank, { why: words, effectiveAt: IN_TIME }))
      .then(thanked));

  it('was late when it was given late, or when it was the customer who wrote', () => {
    given(receivedWithDue, missed)
      .when(doing(thank, { why: words, effectiveAt: TOO_LATE }))
      .then(thanked);
    given(receivedWithDue, missed)
      .when(doing(recordMessage, { ...message, direction: 'in', effectiveAt: IN_TIME }))
      .then(messageRecorded({ ...message, direction: 'in' }));
  });

  it('needs no word about timeliness while nobody called it late', () =>
    given(receivedWithDue)
      .when(doing(thank, { why: words, effectiveAt: IN_TIME }))
      .then(thanked));
});

describe('thanking', () => {
  it('says nothing the second time', () =>
    given(receivedWithDue, thanked)
      .when(doing(thank, { why: words, effectiveAt: NEXT_DAY }))
      .thenNothing());

  it('is said again in a new conduct', () =>
    given(receivedWithDue, thanked, resolved, reopened)
      .when(doing(thank, { why: words, effectiveAt: NEXT_DAY }))
      .then(thanked));
});
