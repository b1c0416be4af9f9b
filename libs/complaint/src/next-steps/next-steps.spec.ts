import { at } from '#fact/story';
import { customerReached, type FollowUpEvent } from '#follow-up/events';
import { causeConfirmed } from '../causes/events.ts';
import {
  acknowledged,
  apologised,
  callOf,
  closed,
  corrected,
  explained,
  FIRST_RESPONSE_DUE,
  given,
  id,
  ISSUE,
  offered,
  policy,
  received,
  receivedGrave,
  receivedWithDue,
  reopened,
  resolved,
  responsible,
  thanked,
  withdrawn,
  words,
} from '../complaint.stories.ts';
import type { Complaint } from '../complaint.ts';
import { informationGiven, informationRequested, messageRecorded } from '../conversation/events.ts';
import { customerAnswered } from '../ending/events.ts';
import { complaintAcknowledged, complaintReceived, handlerAssigned } from '../intake/events.ts';
import { issueAssessed, issueReclassified } from '../issues/events.ts';
import { promiseMade } from '../promises/events.ts';
import { compensationAccepted, compensationDeclined, compensationDelivered } from '../remedy/events.ts';
import { nextSteps } from './next-steps.ts';
import type { Circumstances } from './steps.ts';
import { WORDING, wordingFor, WORDING_LANGUAGES } from './wording.ts';

const NOW = '2026-03-02T12:00:00.000Z';
const LONG_AFTER = '2026-05-02T12:00:00.000Z';
const quiet = { call: undefined, now: NOW, languages: ['en'] };

const steps = (
  complaint: Complaint | undefined,
  circumstances: Circumstances & { readonly languages: readonly string[] } = quiet,
) => nextSteps(complaint!, circumstances, policy);
const can = (...args: Parameters<typeof steps>) => steps(...args).can.map(({ step }) => step);
const should = (...args: Parameters<typeof steps>) => steps(...args).should.map(({ step }) => step);

const call = (...happened: readonly FollowUpEvent[]) => callOf(8, ...happened).state;

const anna = handlerAssigned({ handler: 'anna' });
const cause = causeConfirmed({ cause: id(3), issue: ISSUE, process: { department: 'logistics' } });
const conducted = [
  received,
  acknowledged,
  anna,
  thanked,
  apologised('handler', 'written'),
  corrected,
  cause,
  explained,
] as const;

describe('next steps', () => {
  it('begin with listening and the thanks, and follow the order of the conduct', () =>
    expect(should(given(received).state)).toEqual([
      'acknowledgements',
      'assignments',
      'thanks',
      'apologies',
      'assessments',
      'corrections',
      'causes',
      'explanations',
    ]));

  it('say by when, and why, and what one can say', () =>
    expect(steps(given(receivedWithDue).state).should[0]).toEqual({
      step: 'acknowledgements',
      due: FIRST_RESPONSE_DUE,
      why: expect.any(String),
      wording: { language: 'en', text: WORDING.en.acknowledgements },
    }));

  it('go on where the conduct stands', () => {
    expect(should(given(...conducted).state)).toEqual(['resolutions']);
    expect(should(given(...conducted, resolved).state, { ...quiet, call: call() })).toEqual([
      'follow-up-calls/outcomes',
    ]);
    const reached = call(customerReached({ declined: true }));
    expect(should(given(...conducted, resolved).state, { ...quiet, call: reached })).toEqual(['closures']);
    expect(should(given(...conducted, resolved, closed).state)).toEqual([]);
  });

  it('ask a manager to apologise and to accept responsibility for what is grave', () => {
    const grave = given(
      receivedGrave,
      acknowledged,
      anna,
      thanked,
      apologised('handler', 'written'),
      corrected,
      cause,
      explained,
    );
    const [apology, responsibility, ...others] = steps(grave.state).should;
    expect(apology).toMatchObject({
      step: 'apologies',
      roles: ['manager', 'director'],
      wording: { text: WORDING.en['apologies-by-a-manager'] },
    });
    expect(responsibility).toMatchObject({ step: 'responsibility', roles: ['manager', 'director'] });
    expect(others).toEqual([]);
    const done = given(
      receivedGrave,
      acknowledged,
      anna,
      thanked,
      apologised('manager', 'written'),
      responsible,
      corrected,
      cause,
      explained,
    );
    expect(should(done.state)).toEqual(['resolutions']);
  });

  it('follow a compensation until it has reached the customer', () => {
    const hopeless = given(received, issueAssessed({ issue: ISSUE, repairable: false }));
    expect(should(hopeless.state)).toContain('compensations');
    const asked = given(received, offered).state;
    expect(steps(asked).should).toContainEqual(
      expect.objectContaining({ step: 'compensations/acceptances', compensation: id(2) }),
    );
    const owed = given(received, offered, compensationAccepted({ compensation: id(2) })).state;
    expect(steps(owed).should).toContainEqual(
      expect.objectContaining({ step: 'compensations/deliveries', compensation: id(2) }),
    );
  });

  it('leave a compensation alone that was delivered or declined', () => {
    const settled = [
      compensationDelivered({ compensation: id(2), proof: words }),
      compensationDeclined({ compensation: id(2), reason: words }),
    ];
    for (const fact of settled)
      expect(should(given(received, offered, fact).state).join()).not.toContain('compensations');
  });

  it('put a promise first whose time has passed', () => {
    const promised = given(received, promiseMade({ promise: id(4), what: 'update', due: NOW })).state;
    expect(should(promised)[0]).toBe('acknowledgements');
    expect(steps(promised, { ...quiet, now: LONG_AFTER }).should[0]).toMatchObject({
      step: 'promises/fulfilments',
      promise: id(4),
      due: NOW,
    });
  });

  it('after the end are the promises that are still owed, and nothing else', () => {
    const promised = promiseMade({ promise: id(4), what: 'payment', due: NOW });
    for (const end of [closed, withdrawn]) {
      const { state } = given(received, promised, resolved, end);
      expect(should(state, { ...quiet, now: LONG_AFTER })).toEqual(['promises/fulfilments']);
      expect(should(state)).toEqual([]);
    }
  });

  it('ask to answer what the customer wrote, also after the end, until somebody has', () => {
    const message = (direction: 'in' | 'out') =>
      messageRecorded({ message: id(5), direction, channel: 'email', text: words });
    expect(steps(given(received, message('in')).state).should[0]).toMatchObject({
      step: 'messages',
      wording: { text: WORDING.en.messages },
    });
    expect(should(given(received, resolved, closed, message('in')).state)).toEqual(['messages']);
    for (const answer of [message('out'), acknowledged, thanked, explained, resolved])
      expect(should(given(received, message('in'), answer).state)).not.toContain('messages');
    expect(should(given(received, thanked, message('in')).state)).toContain('messages');
  });

  it('take up again what the customer does not accept, while the window is open', () => {
    const refused = customerAnswered({ answer: 'not-accepted' });
    const wanted = { step: 'reopenings', due: '2026-03-16T09:08:00.000Z', wording: { text: WORDING.en.reopenings } };
    const reached = call(customerReached({ declined: true }));
    const [first, second] = steps(given(...conducted, resolved, refused).state, { ...quiet, call: reached }).should;
    expect([first, second]).toMatchObject([wanted, { step: 'closures' }]);
    expect(should(given(...conducted, resolved, closed, refused).state)).toEqual(['reopenings']);
    expect(should(given(...conducted, resolved, closed, refused).state, { ...quiet, now: LONG_AFTER })).toEqual([]);
    expect(should(given(...conducted, resolved, refused, withdrawn).state)).toEqual([]);
    expect(should(given(...conducted, resolved, refused, reopened).state)).not.toContain('reopenings');
  });

  it('ask for help once while nobody has named what went wrong', () => {
    const unnamed = complaintReceived({
      ...received.data,
      issues: [{ id: ISSUE, category: 'unspecified', presumed: 'minor' }],
    });
    const asked = informationRequested({ request: id(5), ask: words, time: 1 });
    const named = issueReclassified({ issue: ISSUE, category: 'delivery-late', reason: words });
    expect(should(given(unnamed).state)).toContain('information-requests');
    for (const fact of [asked, informationGiven({ text: words }), named])
      expect(should(given(unnamed, fact).state)).not.toContain('information-requests');
  });

  it('say what is missing for closing', () =>
    expect(steps(given(...conducted).state).missing.map(({ code }) => code)).toEqual(['resolution', 'follow-up']));

  it('have nothing missing after the end: nothing stands before a closing that cannot come any more', () => {
    expect(steps(given(received, closed).state).missing).toEqual([]);
    expect(steps(given(received, withdrawn).state).missing).toEqual([]);
  });

  it('say by when the present conduct is to be resolved', () => {
    const promising = (due: string) =>
      complaintAcknowledged({
        channel: 'sms',
        dues: [{ clock: 'resolution', from: NOW, due, workingDays: 10, calendar: 'default', calendarVersion: 0 }],
      });
    const again = given(...conducted, promising(NOW), resolved, reopened, promising(LONG_AFTER));
    expect(steps(again.state).should).toEqual([expect.objectContaining({ step: 'resolutions', due: LONG_AFTER })]);
    const unannounced = given(...conducted, promising(NOW), resolved, reopened);
    const resolution = steps(unannounced.state).should.find(({ step }) => step === 'resolutions');
    expect(resolution).toBeDefined();
    expect(resolution).not.toHaveProperty('due');
  });

  it('come in the language that was asked for, else in English', () => {
    expect(
      steps(given(received).state, { ...quiet, languages: ['pt-BR', 'ru-RU', 'en'] }).should[0]!.wording!.language,
    ).toBe('ru');
    expect(wordingFor('thanks', ['xx', 'constructor']).language).toBe('en');
    expect(wordingFor('thanks', []).language).toBe('en');
  });
});

describe('what can be done', () => {
  it('has no apology before the thanks, and no closing while anything is missing', () => {
    expect(can(given(received).state)).not.toContain('apologies');
    expect(can(given(received, thanked).state)).toContain('apologies');
    expect(can(given(...conducted, resolved).state, { ...quiet, call: call() })).not.toContain('closures');
    const reached = call(customerReached({ declined: true }));
    expect(can(given(...conducted, resolved).state, { ...quiet, call: reached })).toContain('closures');
  });

  it('has nothing twice that is done once in a conduct', () => {
    const done = can(given(...conducted, responsible, resolved).state);
    for (const once of ['acknowledgements', 'thanks', 'responsibility', 'resolutions']) {
      expect(can(given(received).state)).toContain(once);
      expect(done).not.toContain(once);
    }
  });

  it('is little after the end: what goes on, and reopening inside its window', () => {
    const ended = ['messages', 'notes', 'answers', 'contacts', 'rectifications'];
    expect(can(given(received, resolved, closed).state)).toEqual([...ended, 'reopenings']);
    expect(can(given(received, withdrawn).state)).toEqual([...ended, 'reopenings']);
    expect(can(given(received, resolved, closed).state, { ...quiet, now: LONG_AFTER })).toEqual(ended);
  });

  it('has what the open call offers, also when the complaint has ended', () => {
    const calling = ['follow-up-calls/attempts', 'follow-up-calls/outcomes', 'follow-up-calls/reschedulings'];
    expect(can(given(received, at(NOW, withdrawn)).state, { ...quiet, call: call() })).toEqual(
      expect.arrayContaining(calling),
    );
    expect(can(given(received).state, { ...quiet, call: call(customerReached({ declined: true })) })).not.toContain(
      calling[0],
    );
  });
});

describe('wording', () => {
  it.each(WORDING_LANGUAGES)('is complete in %s', (language) => {
    expect(Object.keys(WORDING[language])).toEqual(Object.keys(WORDING.en));
    for (const text of Object.values(WORDING[language])) expect(text.trim().length).toBeGreaterThan(10);
  });

  it('has none of the phrases that customers hate', () => {
    for (const text of Object.values(WORDING.en))
      expect(text).not.toMatch(/policy|not my job|cannot help|unfortunately|but you/i);
  });
});
