import type { Decision } from '#fact/decision';
import { personalText } from '#fact/personal';
import { at, storiesOf } from '#fact/story';
import { defaultPolicy } from '#policy/default-policy';
import { recordAttempt } from './attempt.ts';
import {
  callAttempted,
  customerNotReached,
  customerReached,
  followUpOpened,
  followUpRescheduled,
  followUpSuperseded,
  type FollowUpEvent,
} from './events.ts';
import { followUpStreams, type FollowUp } from './follow-up.ts';
import { openFollowUp } from './open.ts';
import { recordOutcome } from './record-outcome.ts';
import { reschedule } from './reschedule.ts';
import { supersede } from './supersede.ts';

const CALL = '99999999-9999-4999-8999-999999999999';
const COMPLAINT = '11111111-1111-4111-8111-111111111111';
const RESOLUTION = '00000000-0000-7000-8000-000000000005';
const REOPENING = '00000000-0000-7000-8000-000000000006';
const SUBJECT = '33333333-3333-4333-8333-333333333333';

const { given } = storiesOf(followUpStreams, `follow-up-${CALL}`);

const doing =
  <Command>(
    rule: (command: Command, call: FollowUp, policy: typeof defaultPolicy) => Decision<FollowUpEvent>,
    command: Command,
  ) =>
  (call: FollowUp) =>
    rule(command, call, defaultPolicy);

const opened = followUpOpened({
  kind: 'after-resolution',
  complaint: COMPLAINT,
  resolution: RESOLUTION,
  customer: SUBJECT,
  due: '2026-03-05T09:00:00.000Z',
  attemptLimit: 3,
  attemptGap: 'PT4H',
});
const attempted = (result: 'no-answer' | 'busy' | 'call-back', counted: boolean, number: number) =>
  callAttempted({ result, counted, number });
const notReached = customerNotReached({ attempts: 3 });
const satisfied = customerReached({ solution: 5, attitude: 4, declined: false });
const superseded = followUpSuperseded({ by: REOPENING });

const TEN = '2026-03-05T10:00:00.000Z';
const NEARLY_TWO = '2026-03-05T13:59:59.999Z';
const TWO = '2026-03-05T14:00:00.000Z';
const SIX = '2026-03-05T18:00:00.000Z';

const exhausted = [
  opened,
  at(TEN, attempted('no-answer', true, 1)),
  at(TWO, attempted('busy', true, 2)),
  at(SIX, attempted('no-answer', true, 3)),
  at(SIX, notReached),
] as const;

describe('a follow-up call', () => {
  const opening = {
    complaint: COMPLAINT,
    resolution: RESOLUTION,
    resolvedAt: '2026-03-02T09:00:00.000Z',
    customer: SUBJECT,
  };
  const open = (command: typeof opening & { handler?: string }) => (call: FollowUp) =>
    openFollowUp(command, call, defaultPolicy);

  it('is opened when a complaint is resolved, due a while later, with its limits for ever', () => {
    given().when(open(opening)).then(opened);
    given()
      .when(open({ ...opening, handler: 'anna' }))
      .then(followUpOpened({ ...opened.data, handler: 'anna' }));
  });

  it('is opened once', () => given(opened).when(open(opening)).thenNothing());

  it('is put off to a better time, and to the same time only once', () => {
    const due = '2026-03-06T09:00:00.000Z';
    given(opened).when(doing(reschedule, { due })).then(followUpRescheduled({ due }));
    given(opened, followUpRescheduled({ due })).when(doing(reschedule, { due })).thenNothing();
    expect(given(opened, followUpRescheduled({ due })).state!.due).toBe(due);
  });

  it('is superseded by a reopening, once, while it is open', () => {
    given(opened)
      .when(doing(supersede, { reopening: REOPENING }))
      .then(superseded);
    given(opened, superseded)
      .when(doing(supersede, { reopening: REOPENING }))
      .thenNothing();
  });

  it('that reached the customer, or used up its attempts, is never undone', () => {
    given(opened, satisfied)
      .when(doing(supersede, { reopening: REOPENING }))
      .thenNothing();
    given(...exhausted)
      .when(doing(supersede, { reopening: REOPENING }))
      .thenNothing();
    expect(given(opened, satisfied, superseded).state!.situation).toBe('reached');
    expect(given(...exhausted, superseded).state!.situation).toBe('exhausted');
    expect(given(opened, satisfied, notReached).state!.situation).toBe('reached');
  });
});

describe('attempts', () => {
  const calling = (result: 'no-answer' | 'busy' | 'call-back', effectiveAt: string) =>
    doing(recordAttempt, { result, effectiveAt });

  it('count when nobody answers or the line is busy', () => {
    given(opened)
      .when(calling('no-answer', TEN))
      .then(attempted('no-answer', true, 1));
    given(opened)
      .when(calling('busy', TEN))
      .then(attempted('busy', true, 1));
  });

  it('do not count when the customer asks to be called back', () =>
    given(opened)
      .when(calling('call-back', TEN))
      .then(attempted('call-back', false, 0)));

  it('count only when they lie the gap apart, to the instant; earlier ones are recorded all the same', () => {
    const once = given(opened, at(TEN, attempted('busy', true, 1)));
    once.when(calling('no-answer', NEARLY_TWO)).then(attempted('no-answer', false, 1));
    once.when(calling('no-answer', TWO)).then(attempted('no-answer', true, 2));
  });

  it('measure the gap from attempts that counted, not from those that did not', () =>
    given(
      opened,
      at(TEN, attempted('busy', true, 1)),
      at(NEARLY_TWO, attempted('busy', false, 1)),
      at(NEARLY_TWO, attempted('call-back', false, 1)),
    )
      .when(calling('no-answer', TWO))
      .then(attempted('no-answer', true, 2)));

  it('measure the gap also from an attempt that took place later and was recorded before', () => {
    const later = given(opened, at(TWO, attempted('busy', true, 1)));
    later.when(calling('busy', '2026-03-05T10:00:00.001Z')).then(attempted('busy', false, 1));
    later.when(calling('busy', TEN)).then(attempted('busy', true, 2));
  });

  it('end with the last one that the limit demands, in the same append', () =>
    given(opened, at(TEN, attempted('busy', true, 1)), at(TWO, attempted('busy', true, 2)))
      .when(calling('no-answer', SIX))
      .then(attempted('no-answer', true, 3), notReached));

  it('do not end with one that does not count', () =>
    given(opened, at(TEN, attempted('busy', true, 1)), at(TWO, attempted('busy', true, 2)))
      .when(calling('call-back', SIX))
      .then(attempted('call-back', false, 2)));

  it('are each a new fact', () =>
    given(opened, at(TEN, attempted('call-back', false, 0)))
      .when(calling('call-back', TEN))
      .then(attempted('call-back', false, 0)));

  it.each([
    ['the customer was reached', [opened, satisfied]],
    ['all of them were made', exhausted],
    ['a reopening superseded the call', [opened, superseded]],
  ])('are over when %s', (_why, facts) => {
    given(...facts)
      .when(calling('busy', SIX))
      .thenRefused('already-closed');
    given(...facts)
      .when(doing(reschedule, { due: SIX }))
      .thenRefused('already-closed');
  });
});

describe('the outcome of a call', () => {
  const scores = { reached: true, solution: 5, attitude: 4, declined: false } as const;
  const told = personalText('That the courier calls ahead from now on.');

  it('has two scores, and what was told and said', () => {
    given(opened).when(doing(recordOutcome, scores)).then(satisfied);
    given(opened)
      .when(doing(recordOutcome, { ...scores, told, comment: told }))
      .then(customerReached({ solution: 5, attitude: 4, declined: false, told, comment: told }));
  });

  it('may be that the customer declined to score', () =>
    given(opened)
      .when(doing(recordOutcome, { reached: true, declined: true }))
      .then(customerReached({ declined: true })));

  it.each([
    ['no score', { reached: true, declined: false }, ['#/solution', '#/attitude']],
    ['one score', { reached: true, solution: 3, declined: false }, ['#/attitude']],
    [
      'scores that were declined',
      { reached: true, solution: 3, attitude: 3, declined: true },
      ['#/solution', '#/attitude'],
    ],
  ] as const)('is not %s', (_what, outcome, pointers) =>
    given(opened)
      .when(doing(recordOutcome, outcome))
      .thenRefused('invalid-body', { errors: pointers.map((pointer) => expect.objectContaining({ pointer })) }),
  );

  it('says nothing the second time, and is not replaced by another one', () => {
    given(opened, satisfied).when(doing(recordOutcome, scores)).thenNothing();
    given(opened, satisfied)
      .when(doing(recordOutcome, { ...scores, solution: 1 }))
      .thenRefused('already-closed');
    given(opened, satisfied)
      .when(doing(recordOutcome, { reached: false }))
      .thenRefused('already-closed');
  });

  it('is not that nobody was reached before all attempts were made', () =>
    given(opened, at(TEN, attempted('busy', true, 1)), at(TEN, attempted('busy', false, 1)))
      .when(doing(recordOutcome, { reached: false }))
      .thenRefused('attempts-not-exhausted', { attempts: 1, attemptLimit: 3, attemptGap: 'PT4H' }));

  it('is that already, once all attempts were made', () =>
    given(...exhausted)
      .when(doing(recordOutcome, { reached: false }))
      .thenNothing());

  it('is welcome from a customer who calls back when all attempts were made', () => {
    given(...exhausted)
      .when(doing(recordOutcome, scores))
      .then(satisfied);
    expect(given(...exhausted, satisfied).state).toMatchObject({ situation: 'reached', notReached: { at: SIX } });
  });

  it('is none of a call that a reopening superseded', () => {
    given(opened, superseded).when(doing(recordOutcome, scores)).thenRefused('already-closed');
    given(opened, superseded)
      .when(doing(recordOutcome, { reached: false }))
      .thenRefused('already-closed');
  });
});
