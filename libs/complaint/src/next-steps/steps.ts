import type { Role } from '#fact/fact';
import { recordAttempt } from '#follow-up/attempt';
import type { FollowUp } from '#follow-up/follow-up';
import { recordOutcome } from '#follow-up/record-outcome';
import { reschedule } from '#follow-up/reschedule';
import { explain } from '../causes/explain.ts';
import { stateCause } from '../causes/state-cause.ts';
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

/** Every rule that is a step, by what it is about, in the order in which possible steps are told. */
export const STEPS = [
  {
    about: 'complaint',
    rules: [
      acknowledge,
      thank,
      apologise,
      acceptResponsibility,
      assign,
      requestInformation,
      giveInformation,
      makePromise,
      addIssue,
    ],
  },
  { about: 'issue', rules: [reclassify, assess, stateCause, correct, offerCompensation] },
  { about: 'compensation', rules: [acceptCompensation, declineCompensation, deliverCompensation] },
  {
    about: 'complaint',
    rules: [explain, resolve, close, withdraw, recordMessage, recordNote, recordAnswer, giveContact, rectify],
  },
  { about: 'promise', rules: [fulfilPromise] },
  { about: 'call', rules: [recordAttempt, recordOutcome, reschedule] },
  { about: 'complaint', rules: [reopen] },
] as const;

/** `thanks`, `corrections`, `compensations/deliveries`, `promises/fulfilments`, `follow-up-calls/attempts` … */
export type StepName = (typeof STEPS)[number]['rules'][number]['step'];

/** Something that can be done: the door below the complaint, and which part of it is meant. */
export interface Step {
  readonly step: StepName;
  readonly issue?: string;
  readonly compensation?: string;
  readonly promise?: string;
  readonly followUp?: string;
  /** The roles that can do it, where not everybody can. */
  readonly roles?: readonly Role[];
}

/** What next steps depend on besides the complaint: its latest resolution's call, and the present. */
export interface Circumstances {
  readonly call: FollowUp | undefined;
  readonly now: string;
}
