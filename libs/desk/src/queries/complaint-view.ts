import { clocksOf } from '#complaint/clocks/clocks';
import type { Complaint } from '#complaint/complaint';
import type { Mark } from '#complaint/mark';
import { complaintReceived } from '#complaint/intake/events';
import type { CallRead } from '#complaint/ending/close';
import { partMembers, type PART_MEMBERS } from '../commands/parts.ts';
import { markView, told, type MarkView } from '../part-view.ts';
import type { CalendarOf } from '../policy-in-force.ts';
import { printedReference } from '../reference.ts';
import { callView } from './call-view.ts';
import type { ComplaintAnswer } from './complaint-answers.ts';
import { inOrder } from './in-order.ts';

/** The mark of the newest of several things. */
const newest = (marks: Iterable<Mark | null>): MarkView =>
  markView(
    [...marks].reduce((latest, mark) => (mark && (!latest || mark.revision > latest.revision) ? mark : latest), null),
  );

/**
 * A complaint as it is asked for (docs/api.md, GET /v1/complaints/{id}). Personal texts are still sealed: opened while
 * answering. NOTE: published; members are only added.
 */
export const complaintView = (
  complaint: Complaint,
  about: {
    readonly revision: number;
    readonly calls: readonly CallRead[];
    readonly missing: ComplaintAnswer['missingForClosing'];
    /** Its rectifications, whose members were opened and read already. */
    readonly rectifications: ComplaintAnswer['rectifications'];
    /** Policies by version, for the derivation of the clocks. */
    readonly calendarOf: CalendarOf;
  },
): ComplaintAnswer => {
  const received = inOrder(complaintReceived.data, complaint.received);
  const { dues: _dues, issues: _issues, reference, ...intake } = received;
  const { issues, informationRequests, ...otherParts } = partMembers(complaint);
  return {
    id: complaint.id,
    reference: printedReference(reference),
    revision: about.revision,
    receivedAt: complaint.receivedAt,
    ...intake,
    customer: { ...intake.customer, ...complaint.contact },
    state: stateOf(complaint),
    handler: complaint.handler,
    issues,
    acknowledged: markView(complaint.acknowledged),
    thanked: complaint.thanked && told(complaint.thanked),
    apologised: newest(complaint.apologies),
    responsibility: complaint.responsibility && told(complaint.responsibility),
    clarified: newest(complaint.information),
    explained: complaint.explained && told(complaint.explained),
    corrected: newest(complaint.issues.flatMap((issue) => [...issue.corrections])),
    compensated: newest(complaint.compensations.map((one) => one.delivered)),
    resolved: markView(complaint.resolved),
    accepted: markView(complaint.accepted),
    customerAnswer: complaint.customerAnswer && told(complaint.customerAnswer),
    closed: markView(complaint.closed),
    withdrawn: complaint.withdrawn && told(complaint.withdrawn),
    apologies: complaint.apologies.map(told),
    informationRequests,
    information: complaint.information.map(told),
    ...otherParts,
    resolutions: complaint.resolutions.map(told),
    reopenings: complaint.reopenings.map(told),
    overrides: complaint.overrides.map(told),
    rectifications: about.rectifications,
    followUps: about.calls.map(callView),
    missingForClosing: about.missing,
    clocks: clocksOf(complaint, about.calendarOf),
  };
};

/**
 * Where the answer shows what the state holds, but for the parts that it shows under their own name; null: it serves the rules alone. A member of the state that is not named
 * here does not compile, nor one that is said to be shown and is not in the answer's schema.
 */
export const SHOWN = {
  id: 'id',
  received: 'words',
  receivedAt: 'receivedAt',
  receivedBy: null,
  conduct: null,
  conductSince: null,
  facts: null,
  contact: 'customer',
  handler: 'handler',
  clocks: 'clocks',
  acknowledged: 'acknowledged',
  thanked: 'thanked',
  apologies: 'apologies',
  responsibility: 'responsibility',
  requests: 'informationRequests',
  information: 'information',
  explained: 'explained',
  resolutions: 'resolutions',
  resolved: 'resolved',
  accepted: 'accepted',
  customerAnswer: 'customerAnswer',
  closed: 'closed',
  withdrawn: 'withdrawn',
  reopenings: 'reopenings',
  overrides: 'overrides',
  rectifications: 'rectifications',
} as const satisfies Readonly<
  Record<Exclude<keyof Complaint, keyof typeof PART_MEMBERS>, keyof ComplaintAnswer | null>
>;

/** One word for lists; the facts say more. */
export const stateOf = (complaint: Complaint): 'open' | 'resolved' | 'closed' | 'withdrawn' =>
  complaint.withdrawn ? 'withdrawn' : complaint.closed ? 'closed' : complaint.resolved ? 'resolved' : 'open';
