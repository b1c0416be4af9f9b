import { at, factId } from '#fact/story';
import { explain } from '../causes/explain.ts';
import { stateCause } from '../causes/state-cause.ts';
import { missClock } from '../clocks/miss-clock.ts';
import {
  closed,
  doing,
  FIRST_RESPONSE_DUE,
  given,
  id,
  ISSUE,
  offered,
  policy,
  receivedWithDue,
  resolved,
  withdrawn,
  words,
} from '../complaint.stories.ts';
import { acceptResponsibility } from '../conversation/accept-responsibility.ts';
import { apologise } from '../conversation/apologise.ts';
import { giveInformation } from '../conversation/give-information.ts';
import { recordMessage } from '../conversation/record-message.ts';
import { recordNote } from '../conversation/record-note.ts';
import { requestInformation } from '../conversation/request-information.ts';
import { thank } from '../conversation/thank.ts';
import { acknowledge } from '../intake/acknowledge.ts';
import { assign } from '../intake/assign.ts';
import { giveContact } from '../intake/give-contact.ts';
import { addIssue } from '../issues/add-issue.ts';
import { assess } from '../issues/assess.ts';
import { reclassify } from '../issues/reclassify.ts';
import { breakPromise } from '../promises/break-promise.ts';
import { promiseMade } from '../promises/events.ts';
import { fulfilPromise } from '../promises/fulfil-promise.ts';
import { makePromise } from '../promises/make-promise.ts';
import { rectify } from '../rectification/rectify.ts';
import { acceptCompensation } from '../remedy/accept-compensation.ts';
import { correct } from '../remedy/correct.ts';
import { declineCompensation } from '../remedy/decline-compensation.ts';
import { deliverCompensation } from '../remedy/deliver-compensation.ts';
import { offerCompensation } from '../remedy/offer-compensation.ts';
import { close } from './close.ts';
import { recordAnswer } from './record-answer.ts';
import { reopen } from './reopen.ts';
import { resolve } from './resolve.ts';
import { withdraw } from './withdraw.ts';

const effectiveAt = '2026-03-02T10:00:00.000Z';
const LATER = '2026-03-05T10:00:00.000Z';
const promise = promiseMade({ promise: id(6), what: 'fix', due: '2026-03-03T10:00:00.000Z' });
const process = { department: 'logistics' };
const compensation = id(2);

type Doing = ReturnType<typeof doing>;

/** docs/formats.md, Closing, exactly: every command, by what becomes of it after the end. */
const GOES_ON: Record<string, Doing> = {
  'a message': doing(recordMessage, { message: id(7), direction: 'in', channel: 'email', text: words, effectiveAt }),
  'a note': doing(recordNote, { note: id(8), text: words }),
  'an answer': doing(recordAnswer, { answer: 'partly' }),
  'a contact': doing(giveContact, { email: words }),
  'a rectification': doing(rectify, { fact: factId(0), data: { tone: 'sad' }, reason: words }),
  'a fulfilment': doing(fulfilPromise, { promise: id(6) }),
  'a reopening': doing(reopen, { reason: words, effectiveAt: '2026-03-04T10:00:00.000Z' }),
  'a broken promise, marked by the system': doing(breakPromise, { promise: id(6), now: LATER }),
  'a missed first response, marked by the system': doing(missClock, {
    clock: 'first-response',
    due: FIRST_RESPONSE_DUE,
    now: LATER,
  }),
};

const IS_OVER: Record<string, Doing> = {
  'an acknowledgement': doing(acknowledge, { channel: 'sms', effectiveAt }),
  thanks: doing(thank, { why: words, effectiveAt }),
  'an apology': doing(apologise, { level: 'handler', form: 'spoken', words }),
  'an apology that sets the order aside': doing(apologise, {
    level: 'handler',
    form: 'spoken',
    words,
    override: { reason: words },
  }),
  responsibility: doing(acceptResponsibility, { level: 'manager', words }),
  'an information request': doing(requestInformation, { request: id(8), ask: words, topic: 'photo' }),
  information: doing(giveInformation, { text: words }),
  'a promise': doing(makePromise, { promise: id(8), what: 'fix', due: LATER }),
  'an issue': doing(addIssue, { id: id(8), category: 'damaged' }),
  'a reclassification': doing(reclassify, { issue: ISSUE, severity: 'grave', reason: words }),
  'an assessment': doing(assess, { issue: ISSUE, repairable: true }),
  'a cause': doing(stateCause, { cause: id(8), issue: ISSUE, state: 'confirmed', process }),
  'an explanation': doing(explain, { text: words }),
  'a waiver': doing(explain, { reason: words }),
  'a correction': doing(correct, { correction: id(8), issue: ISSUE, what: words, inPresence: false }),
  'an offer': doing(offerCompensation, { compensation: id(8), issue: ISSUE, item: 'flowers' }),
  'an acceptance': doing(acceptCompensation, { compensation }),
  'a decline': doing(declineCompensation, { compensation, reason: words }),
  'a delivery': doing(deliverCompensation, { compensation, proof: words }),
  'a resolution': doing(resolve, { text: words }),
  'an assignment': doing(assign, { handler: 'boris' }),
};

const begun = [receivedWithDue, promise, offered, resolved] as const;

/** Behind every due of the complaint, so that the system has something to mark. */
const ENDED_AT = '2026-03-04T10:00:00.000Z';

describe.each([
  ['closed', at(ENDED_AT, closed)],
  ['withdrawn', at(ENDED_AT, withdrawn)],
])('on a complaint that is %s', (_end, end) => {
  it.each(Object.entries(GOES_ON))('%s goes on', (_name, command) => {
    const { decision } = given(...begun, end).when(command);
    expect(decision.kind).toBe('recorded');
  });

  it.each(Object.entries(IS_OVER))('%s is refused', (_name, command) =>
    given(...begun, end)
      .when(command)
      .thenRefused('already-closed'),
  );
});

it('closing what is closed records nothing, and what is withdrawn cannot be closed', () => {
  given(...begun, closed)
    .when((complaint) => close({}, complaint, undefined, policy))
    .thenNothing();
  given(...begun, withdrawn)
    .when((complaint) => close({}, complaint, undefined, policy))
    .thenRefused('already-closed');
});

it('withdrawing what is withdrawn records nothing', () =>
  given(...begun, withdrawn)
    .when(doing(withdraw, { reason: words }))
    .thenNothing());
