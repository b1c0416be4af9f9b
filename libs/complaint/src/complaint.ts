import type { Static } from '@sinclair/typebox';
import type { Role } from '../../fact/src/fact.ts';
import type { Personal } from '../../fact/src/personal.ts';
import type { StreamKind } from '../../fact/src/stream-kind.ts';
import type { Process } from '../../fact/src/vocabulary.ts';
import { complaintEvents, type ComplaintEvent, type ComplaintFact } from './events.ts';
import type { complaintReceived } from './events/intake.ts';
import type { Answer, ApologyForm, Due, Issue } from './vocabulary.ts';

/** When something became so, by whom, and the fact that says it. */
export interface Mark {
  readonly at: string;
  readonly by: string;
  readonly fact: string;
}

export interface Apology extends Mark {
  readonly level: Role;
  readonly form: ApologyForm;
  readonly words: Personal;
}

export interface Promised extends Mark {
  readonly id: string;
  readonly what: string;
  readonly due: string;
  readonly fulfilled: Mark | null;
  /** The system saw that it was not kept in time. A fulfilment recorded late stands beside it. */
  readonly broken: Mark | null;
}

export interface Compensation extends Mark {
  readonly id: string;
  readonly issue: string;
  readonly item: string;
  readonly value?: { readonly amount: number; readonly currency: string };
  readonly accepted: Mark | null;
  readonly declined: (Mark & { readonly reason: Personal }) | null;
  readonly delivered: (Mark & { readonly proof: Personal }) | null;
}

export interface Cause extends Mark {
  readonly id: string;
  readonly issue: string;
  readonly state: 'hypothesis' | 'confirmed';
  readonly confirms?: string;
  readonly process: Process;
  readonly text?: Personal;
}

/** An issue as it is classified now, and what was done about it. */
export interface IssueState extends Issue {
  readonly repairable: boolean | null;
  readonly corrections: readonly (Mark & { readonly id: string; readonly what: Personal; readonly inPresence: boolean })[];
}

export interface InformationRequest extends Mark {
  readonly id: string;
  readonly ask: Personal;
  readonly topic?: string;
  readonly time: number;
  readonly given: Mark | null;
}

export interface Message extends Mark {
  readonly id: string;
  readonly direction: 'in' | 'out';
  readonly channel: string;
  readonly text: Personal;
}

/** Everything that is so about one complaint (mission §3: facts, not one status). Folded from its stream, nothing else. */
export interface Complaint {
  readonly id: string;
  readonly received: Static<typeof complaintReceived.data>;
  readonly receivedAt: string;
  readonly receivedBy: Mark;
  /** Fact ids, with their types, newest last: what can be rectified. */
  readonly facts: readonly { readonly id: string; readonly type: string }[];
  readonly contact: { readonly name?: Personal; readonly phone?: Personal; readonly email?: Personal };
  readonly handler: string | null;
  readonly issues: readonly IssueState[];
  readonly dues: readonly Due[];
  readonly acknowledged: Mark | null;
  readonly thanked: (Mark & { readonly why: Personal }) | null;
  readonly apologies: readonly Apology[];
  readonly responsibility: (Mark & { readonly words: Personal }) | null;
  readonly requests: readonly InformationRequest[];
  readonly information: readonly (Mark & { readonly request?: string; readonly text: Personal })[];
  readonly messages: readonly Message[];
  readonly promises: readonly Promised[];
  readonly causes: readonly Cause[];
  readonly explained: (Mark & ({ readonly text: Personal } | { readonly waived: true; readonly reason: Personal })) | null;
  readonly compensations: readonly Compensation[];
  /** The first acknowledgement, thanks or outgoing message: when it took effect, the earliest one. */
  readonly firstResponse: string | null;
  readonly firstResponseMissed: Mark | null;
  readonly firstResponseFoundTimely: Mark | null;
  /** Every resolution, oldest first: each asks for a call of its own. */
  readonly resolutions: readonly (Mark & { readonly text: Personal })[];
  /** Of this conduct; null again after a reopening. */
  readonly resolved: Mark | null;
  readonly accepted: Mark | null;
  readonly customerAnswer: (Mark & { readonly value: Answer }) | null;
  readonly closed: Mark | null;
  readonly withdrawn: (Mark & { readonly reason: Personal }) | null;
  readonly reopenings: readonly (Mark & { readonly reason: Personal })[];
  readonly overrides: readonly (Mark & { readonly rule: string; readonly reason: Personal })[];
  readonly rectifications: readonly (Mark & { readonly of: string; readonly type: string; readonly data: Personal; readonly reason: Personal })[];
}

const markOf = (fact: ComplaintFact): Mark => ({ at: fact.effectiveAt, by: fact.actor.id, fact: fact.id });

const withIssue = (complaint: Complaint, id: string, change: (issue: IssueState) => IssueState): Complaint => ({
  ...complaint,
  issues: complaint.issues.map((issue) => (issue.id === id ? change(issue) : issue)),
});

const withPromise = (complaint: Complaint, id: string, change: Partial<Promised>): Complaint => ({
  ...complaint,
  promises: complaint.promises.map((promise) => (promise.id === id ? { ...promise, ...change } : promise)),
});

const withCompensation = (complaint: Complaint, id: string, change: Partial<Compensation>): Complaint => ({
  ...complaint,
  compensations: complaint.compensations.map((one) => (one.id === id ? { ...one, ...change } : one)),
});

/** An answer to the customer at this time; the earliest one is the first response. */
const responded = (complaint: Complaint, at: string): Pick<Complaint, 'firstResponse'> => ({
  firstResponse: complaint.firstResponse === null || at < complaint.firstResponse ? at : complaint.firstResponse,
});

const newIssue = (issue: Issue): IssueState => ({ ...issue, repairable: null, corrections: [] });

const opened = (fact: ComplaintFact & { type: 'ComplaintReceived' }): Complaint => ({
  id: fact.stream.slice('complaint-'.length),
  received: fact.data,
  receivedAt: fact.effectiveAt,
  receivedBy: markOf(fact),
  facts: [],
  contact: {
    ...(fact.data.customer.name && { name: fact.data.customer.name }),
    ...(fact.data.customer.phone && { phone: fact.data.customer.phone }),
    ...(fact.data.customer.email && { email: fact.data.customer.email }),
  },
  handler: null,
  issues: fact.data.issues.map(newIssue),
  dues: fact.data.dues,
  acknowledged: null,
  thanked: null,
  apologies: [],
  responsibility: null,
  requests: [],
  information: [],
  messages: [],
  promises: [],
  causes: [],
  explained: null,
  compensations: [],
  firstResponse: null,
  firstResponseMissed: null,
  firstResponseFoundTimely: null,
  resolutions: [],
  resolved: null,
  accepted: null,
  customerAnswer: null,
  closed: null,
  withdrawn: null,
  reopenings: [],
  overrides: [],
  rectifications: [],
});

/** Records and never refuses: history already happened. */
export const evolve = (before: Complaint | undefined, fact: ComplaintFact): Complaint => {
  const after = before === undefined ? begin(fact) : step(before, fact);
  return { ...after, facts: [...after.facts, { id: fact.id, type: fact.type }] };
};

const begin = (fact: ComplaintFact): Complaint => {
  if (fact.type !== 'ComplaintReceived') throw new Error(`a complaint begins with its receipt, not with ${fact.type}`);
  return opened(fact);
};

const step = (complaint: Complaint, fact: ComplaintFact): Complaint => {
  const mark = markOf(fact);
  switch (fact.type) {
    case 'ComplaintReceived':
      return complaint; // one receipt opens a stream; the ledger's expected revision keeps it so
    case 'ComplaintAcknowledged':
      return { ...complaint, acknowledged: mark, dues: [...complaint.dues, ...fact.data.dues], ...responded(complaint, mark.at) };
    case 'ContactGiven':
      return { ...complaint, contact: { ...complaint.contact, ...fact.data } };
    case 'HandlerAssigned':
      return { ...complaint, handler: fact.data.handler };
    case 'CustomerThanked':
      return { ...complaint, thanked: { ...mark, why: fact.data.why }, ...responded(complaint, mark.at) };
    case 'ApologyGiven':
      return { ...complaint, apologies: [...complaint.apologies, { ...mark, ...fact.data }] };
    case 'ResponsibilityAccepted':
      return { ...complaint, responsibility: { ...mark, words: fact.data.words } };
    case 'InformationRequested': {
      const { request, ...asked } = fact.data;
      return { ...complaint, requests: [...complaint.requests, { ...mark, id: request, ...asked, given: null }] };
    }
    case 'InformationGiven':
      return {
        ...complaint,
        information: [...complaint.information, { ...mark, ...fact.data }],
        requests: complaint.requests.map((request) => (request.id === fact.data.request && !request.given ? { ...request, given: mark } : request)),
      };
    case 'MessageRecorded': {
      const { message, ...said } = fact.data;
      return {
        ...complaint,
        messages: [...complaint.messages, { ...mark, id: message, ...said }],
        ...(said.direction === 'out' && responded(complaint, mark.at)),
      };
    }
    case 'PromiseMade': {
      const { promise, ...promised } = fact.data;
      return { ...complaint, promises: [...complaint.promises, { ...mark, id: promise, ...promised, fulfilled: null, broken: null }] };
    }
    case 'PromiseFulfilled':
      return withPromise(complaint, fact.data.promise, { fulfilled: mark });
    case 'PromiseBroken':
      return withPromise(complaint, fact.data.promise, { broken: mark });
    case 'FirstResponseMissed':
      return { ...complaint, firstResponseMissed: mark };
    case 'FirstResponseFoundTimely':
      return { ...complaint, firstResponseFoundTimely: mark };
    case 'IssueAdded':
      return { ...complaint, issues: [...complaint.issues, newIssue(fact.data.issue)] };
    case 'IssueReclassified': {
      const { issue: id, reason: _reason, ...classification } = fact.data;
      return withIssue(complaint, id, (issue) => ({ ...issue, ...classification }));
    }
    case 'IssueAssessed':
      return withIssue(complaint, fact.data.issue, (issue) => ({ ...issue, repairable: fact.data.repairable }));
    case 'CauseSuspected': {
      const { cause, ...suspected } = fact.data;
      return { ...complaint, causes: [...complaint.causes, { ...mark, id: cause, state: 'hypothesis', ...suspected }] };
    }
    case 'CauseConfirmed': {
      const { cause, ...confirmed } = fact.data;
      return { ...complaint, causes: [...complaint.causes, { ...mark, id: cause, state: 'confirmed', ...confirmed }] };
    }
    case 'CauseExplained':
      return { ...complaint, explained: { ...mark, text: fact.data.text } };
    case 'ExplanationWaived':
      return { ...complaint, explained: { ...mark, waived: true, reason: fact.data.reason } };
    case 'CorrectionMade': {
      const { correction, issue, ...made } = fact.data;
      return withIssue(complaint, issue, (one) => ({ ...one, corrections: [...one.corrections, { ...mark, id: correction, ...made }] }));
    }
    case 'CompensationOffered': {
      const { compensation, ...offered } = fact.data;
      return {
        ...complaint,
        compensations: [...complaint.compensations, { ...mark, id: compensation, ...offered, accepted: null, declined: null, delivered: null }],
      };
    }
    case 'CompensationAccepted':
      return withCompensation(complaint, fact.data.compensation, { accepted: mark });
    case 'CompensationDeclined':
      return withCompensation(complaint, fact.data.compensation, { declined: { ...mark, reason: fact.data.reason } });
    case 'CompensationDelivered':
      return withCompensation(complaint, fact.data.compensation, { delivered: { ...mark, proof: fact.data.proof } });
    case 'ComplaintResolved':
      return { ...complaint, resolved: mark, resolutions: [...complaint.resolutions, { ...mark, text: fact.data.text }] };
    case 'CustomerAnswered':
      return {
        ...complaint,
        customerAnswer: { ...mark, value: fact.data.answer },
        accepted: fact.data.answer === 'accepted' ? mark : null,
      };
    case 'ComplaintClosed':
      return { ...complaint, closed: mark };
    case 'ComplaintReopened':
      return {
        ...complaint,
        resolved: null,
        accepted: null,
        closed: null,
        withdrawn: null,
        customerAnswer: null,
        reopenings: [...complaint.reopenings, { ...mark, reason: fact.data.reason }],
      };
    case 'ComplaintWithdrawn':
      return { ...complaint, withdrawn: { ...mark, reason: fact.data.reason } };
    case 'FactRectified': {
      const { fact: of, type, data, reason } = fact.data;
      return { ...complaint, rectifications: [...complaint.rectifications, { ...mark, of, type, data, reason }] };
    }
    case 'RuleOverridden':
      return { ...complaint, overrides: [...complaint.overrides, { ...mark, ...fact.data }] };
  }
};

export const complaintStreams: StreamKind<Complaint, ComplaintEvent> = {
  noun: 'complaint',
  events: complaintEvents,
  evolve,
  subjects: ({ received }) => ({
    complainant: received.customer.id,
    ...(received.representative && { representative: received.representative.id }),
  }),
};
