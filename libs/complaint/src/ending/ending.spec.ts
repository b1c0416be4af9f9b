import { at } from '#fact/story';
import {
  apologised,
  closed,
  COMPLAINT,
  corrected,
  doing,
  given,
  policy,
  received,
  reopened,
  resolved,
  thanked,
  withdrawn,
  words,
} from '../complaint.stories.ts';
import { apologise } from '../conversation/apologise.ts';
import { customerAnswered } from './events.ts';
import { recordAnswer } from './record-answer.ts';
import { reopen } from './reopen.ts';
import { resolve } from './resolve.ts';
import { withdraw } from './withdraw.ts';

const RESOLVED_AT = '2026-03-10T12:00:00.000Z';
const FOURTEEN_DAYS_LATER = '2026-03-24T12:00:00.000Z';
const A_MOMENT_TOO_LATE = '2026-03-24T12:00:00.001Z';

describe('resolving', () => {
  it('tells the customer how the complaint is resolved', () =>
    given(received)
      .when(doing(resolve, { text: words }))
      .then(resolved));

  it('says nothing the second time', () =>
    given(received, resolved)
      .when(doing(resolve, { text: words }))
      .thenNothing());

  it('is demanded anew after a reopening', () =>
    given(received, resolved, reopened)
      .when(doing(resolve, { text: words }))
      .then(resolved));
});

describe("the customer's answer", () => {
  const answered = (answer: 'accepted' | 'partly' | 'not-accepted' | 'silent') => customerAnswered({ answer });

  it('is a fact, and may change', () => {
    given(received, resolved)
      .when(doing(recordAnswer, { answer: 'partly' }))
      .then(answered('partly'));
    given(received, resolved, answered('partly'))
      .when(doing(recordAnswer, { answer: 'accepted' }))
      .then(answered('accepted'));
  });

  it('says nothing the second time', () =>
    given(received, resolved, answered('silent'))
      .when(doing(recordAnswer, { answer: 'silent' }))
      .thenNothing());

  it('may come after the end', () => {
    given(received, closed)
      .when(doing(recordAnswer, { answer: 'accepted' }))
      .then(answered('accepted'));
    given(received, withdrawn)
      .when(doing(recordAnswer, { answer: 'silent' }))
      .then(answered('silent'));
  });

  it('is acceptance only while it says so', () => {
    expect(given(received, resolved, answered('accepted')).state!.accepted).toMatchObject({ revision: 2 });
    expect(given(received, resolved, answered('accepted'), answered('partly')).state!.accepted).toBeNull();
  });

  it('is given anew to a new conduct', () =>
    given(received, resolved, answered('accepted'), reopened)
      .when(doing(recordAnswer, { answer: 'accepted' }))
      .then(answered('accepted')));
});

describe('withdrawing', () => {
  it('ends the complaint, and keeps the reason', () =>
    given(received)
      .when(doing(withdraw, { reason: words }))
      .then(withdrawn));

  it('says nothing the second time', () =>
    given(received, withdrawn)
      .when(doing(withdraw, { reason: words }))
      .thenNothing());

  it('is too late once the complaint is closed', () =>
    given(received, resolved, closed)
      .when(doing(withdraw, { reason: words }))
      .thenRefused('already-closed'));
});

describe('reopening', () => {
  const reopening = (effectiveAt: string) => doing(reopen, { reason: words, effectiveAt });

  it('begins a new conduct of what was closed, withdrawn, or resolved and not closed yet', () => {
    given(received, at(RESOLVED_AT, resolved), closed).when(reopening(FOURTEEN_DAYS_LATER)).then(reopened);
    given(received, at(RESOLVED_AT, withdrawn)).when(reopening(FOURTEEN_DAYS_LATER)).then(reopened);
    given(received, at(RESOLVED_AT, resolved)).when(reopening(FOURTEEN_DAYS_LATER)).then(reopened);
  });

  it('is possible until the window has passed, to the instant, and names what to follow then', () =>
    given(received, at(RESOLVED_AT, resolved), closed)
      .when(reopening(A_MOMENT_TOO_LATE))
      .thenRefused('reopening-window-passed', { follows: COMPLAINT }));

  it('does not lie before what it reopens: so no date passes by the window', () => {
    const A_MOMENT_BEFORE = '2026-03-10T11:59:59.999Z';
    for (const end of [resolved, withdrawn]) {
      given(received, at(RESOLVED_AT, end))
        .when(reopening(A_MOMENT_BEFORE))
        .thenRefused('invalid-body', { errors: [expect.objectContaining({ pointer: '#/effectiveAt' })] });
      given(received, at(RESOLVED_AT, end)).when(reopening(RESOLVED_AT)).then(reopened);
    }
  });

  it('counts the window from the resolution: neither the closing nor a message moves it', () =>
    given(
      received,
      at(RESOLVED_AT, resolved),
      at('2026-03-20T09:00:00.000Z', closed),
      at('2026-03-23T09:00:00.000Z', customerAnswered({ answer: 'partly' })),
    )
      .when(reopening(A_MOMENT_TOO_LATE))
      .thenRefused('reopening-window-passed'));

  it('counts the window of a withdrawal from the withdrawal, also when it was resolved before', () =>
    given(received, resolved, at(RESOLVED_AT, withdrawn)).when(reopening(FOURTEEN_DAYS_LATER)).then(reopened));

  it('counts the window from the latest resolution', () =>
    given(
      received,
      at('2026-03-03T09:00:00.000Z', resolved),
      at('2026-03-04T09:00:00.000Z', reopened),
      at(RESOLVED_AT, resolved),
    )
      .when(reopening(FOURTEEN_DAYS_LATER))
      .then(reopened));

  it('has as long a window as the policy says', () => {
    const hasty = { ...policy, reopeningWindow: 'PT1H' };
    given(received, at(RESOLVED_AT, resolved))
      .when(doing(reopen, { reason: words, effectiveAt: '2026-03-10T13:00:00.001Z' }, hasty))
      .thenRefused('reopening-window-passed');
  });

  it('finds nothing to reopen while the conduct runs, also the second time', () => {
    given(received).when(reopening(RESOLVED_AT)).thenNothing();
    given(received, resolved, closed, reopened).when(reopening(RESOLVED_AT)).thenNothing();
  });

  it('empties what ended the conduct; the rest stands', () => {
    const { state } = given(
      received,
      thanked,
      corrected,
      resolved,
      customerAnswered({ answer: 'accepted' }),
      closed,
      reopened,
    );
    expect(state).toMatchObject({
      conduct: 2,
      conductSince: 6,
      resolved: null,
      accepted: null,
      customerAnswer: null,
      closed: null,
      thanked: { revision: 1 },
    });
    expect(state!.issues.at(0)!.corrections.map(({ revision }) => revision)).toEqual([2]);
    expect(state!.resolutions.map(({ revision }) => revision)).toEqual([3]);
  });

  it('lets the thanks of before stand before an apology, and the same apology be given again', () =>
    given(received, thanked, apologised('handler', 'spoken'), resolved, reopened)
      .when(doing(apologise, { level: 'handler', form: 'spoken', words }))
      .then(apologised('handler', 'spoken')));
});
