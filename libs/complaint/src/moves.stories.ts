import type { Decision } from '#fact/decision';
import type { List } from '#fact/list';
import type { Personal } from '#fact/personal';
import { factId } from '#fact/story';
import { APOLOGY_FORMS, SEVERITIES } from '#policy/vocabulary';
import { explain } from './causes/explain.ts';
import { stateCause } from './causes/state-cause.ts';
import { missClock } from './clocks/miss-clock.ts';
import { CLOCKS } from './clocks/table.ts';
import { policy } from './complaint.stories.ts';
import type { Conduct, Move } from './conducts.stories.ts';
import { acceptResponsibility } from './conversation/accept-responsibility.ts';
import { apologise } from './conversation/apologise.ts';
import { giveInformation } from './conversation/give-information.ts';
import { recordMessage } from './conversation/record-message.ts';
import { recordNote } from './conversation/record-note.ts';
import { requestInformation } from './conversation/request-information.ts';
import { thank } from './conversation/thank.ts';
import { recordAnswer } from './ending/record-answer.ts';
import { reopen } from './ending/reopen.ts';
import { resolve } from './ending/resolve.ts';
import { withdraw } from './ending/withdraw.ts';
import type { ComplaintEvent } from './events.ts';
import { acknowledge } from './intake/acknowledge.ts';
import { assign } from './intake/assign.ts';
import { giveContact } from './intake/give-contact.ts';
import { addIssue } from './issues/add-issue.ts';
import { assess } from './issues/assess.ts';
import { reclassify } from './issues/reclassify.ts';
import { breakPromise } from './promises/break-promise.ts';
import { fulfilPromise } from './promises/fulfil-promise.ts';
import { makePromise } from './promises/make-promise.ts';
import { rectify } from './rectification/rectify.ts';
import { acceptCompensation } from './remedy/accept-compensation.ts';
import { correct } from './remedy/correct.ts';
import { declineCompensation } from './remedy/decline-compensation.ts';
import { deliverCompensation } from './remedy/deliver-compensation.ts';
import { offerCompensation } from './remedy/offer-compensation.ts';
import { ANSWERS } from './vocabulary.ts';

type Play = (conduct: Conduct, move: Move, words: Personal) => Decision<ComplaintEvent>;

const chosen = <T>(from: readonly T[] | List<T>, pick: number): T | undefined =>
  from.at(pick % Math.max(1, from.length));
const nobody = factId(999_999);
const issueOf = ({ state }: Conduct, pick: number) => chosen(state.issues, pick)?.id ?? nobody;
const compensationOf = ({ state }: Conduct, pick: number) => chosen(state.compensations, pick)?.id ?? nobody;
const promiseOf = ({ state }: Conduct, pick: number) => chosen(state.promises, pick)?.id ?? nobody;
/** The id of what a command creates; the same until something is recorded, so that a move can be made twice. */
const newId = ({ serial }: Conduct) => factId(100_000 + serial);
const process = { department: 'logistics' };
/** When something took effect that is recorded now: sometimes it is told late. */
const told = ({ now, state }: Conduct, pick: number) => (pick % 7 === 0 ? state.receivedAt : now);

/** Every command that a complaint can be given, as something that somebody does. */
export const COMPLAINT_MOVES = {
  acknowledge: (at, { pick }) => acknowledge({ channel: 'sms', effectiveAt: told(at, pick) }, at.state, policy),
  thank: (at, { pick }, why) => thank({ why, effectiveAt: told(at, pick) }, at.state, policy),
  apologise: (at, { pick, role }, words) =>
    apologise(
      {
        level: role,
        form: chosen(APOLOGY_FORMS, pick)!,
        words,
        ...(pick % 11 === 0 && { override: { reason: words } }),
      },
      at.state,
      policy,
    ),
  acceptResponsibility: (at, { role }, words) => acceptResponsibility({ level: role, words }, at.state, policy),
  requestInformation: (at, { pick }, ask) =>
    requestInformation({ request: newId(at), ask, topic: pick % 2 ? 'photo' : 'receipt' }, at.state, policy),
  giveInformation: (at, { pick }, text) => {
    const request = chosen(at.state.requests, pick)?.id;
    return giveInformation({ text, ...(request && pick % 3 && { request }) }, at.state, policy);
  },
  message: (at, { pick }, text) =>
    recordMessage(
      { message: newId(at), direction: pick % 2 ? 'out' : 'in', channel: 'email', text, effectiveAt: told(at, pick) },
      at.state,
      policy,
    ),
  note: (at, _, text) => recordNote({ note: newId(at), text }, at.state, policy),
  promise: (at, { pick }) =>
    makePromise(
      { promise: newId(at), what: 'fix', due: new Date(Date.parse(at.now) + pick * 3_600_000).toISOString() },
      at.state,
      policy,
    ),
  fulfil: (at, { pick }) => fulfilPromise({ promise: promiseOf(at, pick) }, at.state, policy),
  breakPromise: (at, { pick }) => breakPromise({ promise: promiseOf(at, pick), now: at.now }, at.state, policy),
  missClock: (at, { pick }) => {
    const { name: clock } = chosen(CLOCKS, pick)!;
    const due = chosen(
      at.state.clocks.filter((one) => one.clock === clock),
      pick,
    )?.due;
    return missClock({ clock, due: due ?? at.now, now: at.now }, at.state, policy);
  },
  addIssue: (at, { pick }) =>
    addIssue(
      { id: newId(at), category: 'damaged', ...(pick % 2 && { severity: chosen(SEVERITIES, pick)! }) },
      at.state,
      policy,
    ),
  reclassify: (at, { pick }, reason) =>
    reclassify({ issue: issueOf(at, pick), severity: chosen(SEVERITIES, pick)!, reason }, at.state, policy),
  assess: (at, { pick }) => assess({ issue: issueOf(at, pick), repairable: pick % 3 !== 0 }, at.state, policy),
  cause: (at, { pick }, text) => {
    const confirms = chosen(at.state.causes, pick)?.id;
    return stateCause(
      {
        cause: newId(at),
        issue: issueOf(at, pick),
        state: pick % 2 ? 'confirmed' : 'hypothesis',
        ...(pick % 2 && confirms && { confirms }),
        process,
        text,
      },
      at.state,
      policy,
    );
  },
  explain: (at, _move, text) => explain({ text }, at.state, policy),
  waive: (at, _move, reason) => explain({ reason }, at.state, policy),
  correct: (at, { pick }, what) =>
    correct({ correction: newId(at), issue: issueOf(at, pick), what, inPresence: true }, at.state, policy),
  offer: (at, { pick }) =>
    offerCompensation({ compensation: newId(at), issue: issueOf(at, pick), item: 'flowers' }, at.state, policy),
  accept: (at, { pick }) => acceptCompensation({ compensation: compensationOf(at, pick) }, at.state, policy),
  decline: (at, { pick }, reason) =>
    declineCompensation({ compensation: compensationOf(at, pick), reason }, at.state, policy),
  deliver: (at, { pick }, proof) =>
    deliverCompensation({ compensation: compensationOf(at, pick), proof }, at.state, policy),
  resolve: (at, _move, text) => resolve({ text }, at.state, policy),
  answer: (at, { pick }) => recordAnswer({ answer: chosen(ANSWERS, pick)! }, at.state, policy),
  reopen: (at, _move, reason) => reopen({ reason, effectiveAt: at.now }, at.state, policy),
  withdraw: (at, _move, reason) => withdraw({ reason }, at.state, policy),
  assign: (at, { pick }) => assign({ handler: `handler-${pick % 3}` }, at.state, policy),
  contact: (at, _move, email) => giveContact({ email }, at.state, policy),
  rectify: (at, { pick }, reason) =>
    rectify(
      { fact: chosen(at.state.facts, pick)!.id, data: pick % 2 ? { channel: 'email' } : { tone: 'sad' }, reason },
      at.state,
      policy,
    ),
} satisfies Record<string, Play>;

export type ComplaintMove = keyof typeof COMPLAINT_MOVES;
