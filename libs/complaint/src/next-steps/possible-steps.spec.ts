import fc from 'fast-check';
import type { Decision } from '#fact/decision';
import type { Event } from '#fact/define-event';
import { ROLES } from '#fact/fact';
import { factId } from '#fact/story';
import { recordAttempt } from '#follow-up/attempt';
import type { FollowUp } from '#follow-up/follow-up';
import { recordOutcome } from '#follow-up/record-outcome';
import { reschedule } from '#follow-up/reschedule';
import { APOLOGY_FORMS } from '#policy/vocabulary';
import { explain } from '../causes/explain.ts';
import { stateCause } from '../causes/state-cause.ts';
import { policy, words } from '../complaint.stories.ts';
import { conducts, played, type CallStream, type Conduct } from '../conducts.stories.ts';
import { acceptResponsibility } from '../conversation/accept-responsibility.ts';
import { apologise } from '../conversation/apologise.ts';
import { giveInformation } from '../conversation/give-information.ts';
import { recordMessage } from '../conversation/record-message.ts';
import { recordNote } from '../conversation/record-note.ts';
import { requestInformation } from '../conversation/request-information.ts';
import { thank } from '../conversation/thank.ts';
import { close } from '../ending/close.ts';
import { recordAnswer } from '../ending/record-answer.ts';
import { reopen } from '../ending/reopen.ts';
import { resolve } from '../ending/resolve.ts';
import { withdraw } from '../ending/withdraw.ts';
import { acknowledge } from '../intake/acknowledge.ts';
import { assign } from '../intake/assign.ts';
import { giveContact } from '../intake/give-contact.ts';
import { addIssue } from '../issues/add-issue.ts';
import { assess } from '../issues/assess.ts';
import { reclassify } from '../issues/reclassify.ts';
import { fulfilPromise } from '../promises/fulfil-promise.ts';
import { makePromise } from '../promises/make-promise.ts';
import { rectify } from '../rectification/rectify.ts';
import { acceptCompensation } from '../remedy/accept-compensation.ts';
import { correct } from '../remedy/correct.ts';
import { declineCompensation } from '../remedy/decline-compensation.ts';
import { deliverCompensation } from '../remedy/deliver-compensation.ts';
import { offerCompensation } from '../remedy/offer-compensation.ts';
import { possibleSteps } from './possible-steps.ts';
import { STEPS, type Step, type StepName } from './steps.ts';

/** A moment of a conduct, and the part of it that somebody wants to do something about. */
interface Moment {
  readonly state: Conduct['state'];
  readonly call: (CallStream & { readonly state: FollowUp }) | undefined;
  readonly now: string;
  readonly part: string;
}

const fresh = factId(800_000);

/** What somebody would ask for who wants to do a step and asks for nothing impossible. Total over the steps. */
const WILLING: Readonly<Record<StepName, (moment: Moment) => Decision<Event> | readonly Decision<Event>[]>> = {
  acknowledgements: ({ state, now }) => acknowledge({ channel: 'sms', effectiveAt: now }, state, policy),
  thanks: ({ state, now }) => thank({ why: words, effectiveAt: now }, state, policy),
  apologies: ({ state }) =>
    ROLES.flatMap((level) => APOLOGY_FORMS.map((form) => apologise({ level, form, words }, state, policy))),
  responsibility: ({ state }) => acceptResponsibility({ level: 'director', words }, state, policy),
  assignments: ({ state }) => assign({ handler: 'somebody-new' }, state, policy),
  'information-requests': ({ state }) => requestInformation({ request: fresh, ask: words }, state, policy),
  information: ({ state }) => giveInformation({ text: words }, state, policy),
  promises: ({ state, now }) => makePromise({ promise: fresh, what: 'update', due: now }, state, policy),
  issues: ({ state }) => addIssue({ id: fresh, category: 'late' }, state, policy),
  reclassifications: ({ state, part: issue }) =>
    reclassify({ issue, category: 'quite-another-one', reason: words }, state, policy),
  assessments: ({ state, part: issue }) =>
    [true, false].map((repairable) => assess({ issue, repairable }, state, policy)),
  causes: ({ state, part: issue }) =>
    stateCause({ cause: fresh, issue, state: 'hypothesis', process: { department: 'logistics' } }, state, policy),
  corrections: ({ state, part: issue }) =>
    correct({ correction: fresh, issue, what: words, inPresence: true }, state, policy),
  compensations: ({ state, part: issue }) =>
    offerCompensation({ compensation: fresh, issue, item: 'flowers' }, state, policy),
  'compensations/acceptances': ({ state, part: compensation }) => acceptCompensation({ compensation }, state, policy),
  'compensations/declines': ({ state, part: compensation }) =>
    declineCompensation({ compensation, reason: words }, state, policy),
  'compensations/deliveries': ({ state, part: compensation }) =>
    deliverCompensation({ compensation, proof: words }, state, policy),
  explanations: ({ state }) => explain({ text: words }, state, policy),
  resolutions: ({ state }) => resolve({ text: words }, state, policy),
  closures: ({ state, call }) => {
    const read = call && { id: call.id, revision: call.facts.length - 1, state: call.state };
    return close({}, state, read, policy);
  },
  withdrawals: ({ state }) => withdraw({ reason: words }, state, policy),
  notes: ({ state }) => recordNote({ note: fresh, text: words }, state, policy),
  messages: ({ state, now }) =>
    recordMessage({ message: fresh, direction: 'out', channel: 'email', text: words, effectiveAt: now }, state, policy),
  answers: ({ state }) => (['accepted', 'silent'] as const).map((answer) => recordAnswer({ answer }, state, policy)),
  contacts: ({ state }) => giveContact({ email: words }, state, policy),
  rectifications: ({ state }) =>
    rectify({ fact: state.facts.at(0)!.id, data: { channel: 'email' }, reason: words }, state, policy),
  'promises/fulfilments': ({ state, part: promise }) => fulfilPromise({ promise }, state, policy),
  'follow-up-calls/attempts': ({ call, now }) =>
    recordAttempt({ result: 'busy', effectiveAt: now }, call!.state, policy),
  'follow-up-calls/outcomes': ({ call }) => recordOutcome({ reached: true, declined: true }, call!.state, policy),
  'follow-up-calls/reschedulings': ({ call }) => reschedule({ due: '2030-01-01T00:00:00.000Z' }, call!.state, policy),
  reopenings: ({ state, now }) => reopen({ reason: words, effectiveAt: now }, state, policy),
};

const partsOf = ({ state, call }: Omit<Moment, 'part'>, about: (typeof STEPS)[number]['about']): string[] => {
  switch (about) {
    case 'complaint':
      return [''];
    case 'call':
      return call ? [call.id] : [];
    case 'issue':
      return state.issues.map(({ id }) => id);
    case 'compensation':
      return state.compensations.map(({ id }) => id);
    case 'promise':
      return state.promises.map(({ id }) => id);
  }
};

const nameOf = ({ step, issue, compensation, promise, followUp }: Step) =>
  `${step} ${issue ?? compensation ?? promise ?? followUp ?? ''}`;

/** Every step at a moment, and whether the rules would record something if somebody took it. */
const triedAt = (moment: Omit<Moment, 'part'>): [string, boolean][] =>
  STEPS.flatMap(({ about, rules }) =>
    partsOf(moment, about).flatMap((part) =>
      rules.map(({ step }): [string, boolean] => [
        `${step} ${part}`,
        [WILLING[step]({ ...moment, part })].flat().some(({ kind }) => kind === 'recorded'),
      ]),
    ),
  );

const momentOf = ({ state, calls, now }: Conduct): Omit<Moment, 'part'> => {
  const call = calls.get(state.resolutions.at(-1)?.fact ?? '');
  return { state, call: call?.state && { ...call, state: call.state }, now };
};

describe('possible steps', () => {
  it('are those that the rules would record, and no others, part by part, whatever happened before', () =>
    fc.assert(
      fc.property(conducts, fc.nat(160), ([beginning, moves], length) => {
        const moment = momentOf(played([beginning, moves.slice(0, length)], words));
        const call = moment.call?.state;
        const listed = possibleSteps(moment.state, { call, now: moment.now }, policy).map(nameOf);
        // A customer who calls back when the attempts are used up is heard, but nobody can do that for them.
        const byThemselves = call?.situation === 'exhausted' ? `follow-up-calls/outcomes ${call.id}` : undefined;
        const possible = triedAt(moment)
          .filter(([name, recorded]) => recorded && name !== byThemselves)
          .map(([name]) => name);
        expect([...listed].sort()).toEqual(possible.sort());
      }),
      { numRuns: 300 },
    ));

  it('are seen in these conducts to be possible, and to be impossible, each that can be both', () => {
    const seen = new Map<string, Set<boolean>>();
    for (const conduct of fc.sample(conducts, { numRuns: 400, seed: 7 }))
      for (const [name, possible] of triedAt(momentOf(played(conduct, words)))) {
        const step = name.split(' ')[0]!;
        seen.set(step, (seen.get(step) ?? new Set()).add(possible));
      }
    const always = ['messages', 'notes', 'answers', 'contacts', 'rectifications'];
    for (const step of Object.keys(WILLING))
      expect([step, seen.get(step)?.size]).toEqual([step, always.includes(step) ? 1 : 2]);
  });
});
