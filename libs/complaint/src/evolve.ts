import type { Complaint, Compensation, IssueState, Promised, RunningDue } from './complaint.ts';
import type { ComplaintFact } from './events.ts';
import { markOf, newIssue, opened, startedDue } from './intake/opening.ts';

/** How facts become what is so about a complaint. Total over the union: a new event is missed by the compiler here. */

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

const withDues = ({ dues }: Complaint, change: (due: RunningDue) => RunningDue): Pick<Complaint, 'dues'> => ({
  dues: dues.map(change),
});

/**
 * An acknowledgement, thanks or an outgoing message at this time: the earliest one is the first response, in whatever
 * order they are recorded.
 */
const responded = (complaint: Complaint, at: string): Pick<Complaint, 'dues'> =>
  withDues(complaint, (due) =>
    due.clock === 'first-response' && (due.stopped === null || at < due.stopped) ? { ...due, stopped: at } : due,
  );

/** What stops clocks for good: no reopening sets them going again, as each conduct has clocks of its own. */
const stopped = (complaint: Complaint, at: string, only?: 'resolution'): Pick<Complaint, 'dues'> =>
  withDues(complaint, (due) =>
    due.stopped === null && (only === undefined || due.clock === only) ? { ...due, stopped: at } : due,
  );

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
    case 'ComplaintAcknowledged': {
      const { dues } = responded(complaint, mark.at);
      return { ...complaint, acknowledged: mark, dues: [...dues, ...fact.data.dues.map(startedDue)] };
    }
    case 'ContactGiven':
      return { ...complaint, contact: { ...complaint.contact, ...fact.data } };
    case 'HandlerAssigned':
      return { ...complaint, handler: fact.data.handler };
    case 'CustomerThanked':
      return { ...complaint, thanked: { why: fact.data.why, ...mark }, ...responded(complaint, mark.at) };
    case 'ApologyGiven':
      return { ...complaint, apologies: [...complaint.apologies, { ...fact.data, ...mark }] };
    case 'ResponsibilityAccepted':
      return { ...complaint, responsibility: { words: fact.data.words, ...mark } };
    case 'InformationRequested': {
      const { request, ...asked } = fact.data;
      return { ...complaint, requests: [...complaint.requests, { id: request, ...asked, given: null, ...mark }] };
    }
    case 'InformationGiven':
      return {
        ...complaint,
        information: [...complaint.information, { ...fact.data, ...mark }],
        requests: complaint.requests.map((request) =>
          request.id === fact.data.request && !request.given ? { ...request, given: mark } : request,
        ),
      };
    case 'MessageRecorded': {
      const { message, ...said } = fact.data;
      return {
        ...complaint,
        messages: [...complaint.messages, { id: message, ...said, ...mark }],
        ...(said.direction === 'out' && responded(complaint, mark.at)),
      };
    }
    case 'PromiseMade': {
      const { promise, ...promised } = fact.data;
      return {
        ...complaint,
        promises: [...complaint.promises, { id: promise, ...promised, fulfilled: null, broken: null, ...mark }],
      };
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
      return { ...complaint, causes: [...complaint.causes, { id: cause, state: 'hypothesis', ...suspected, ...mark }] };
    }
    case 'CauseConfirmed': {
      const { cause, ...confirmed } = fact.data;
      return { ...complaint, causes: [...complaint.causes, { id: cause, state: 'confirmed', ...confirmed, ...mark }] };
    }
    case 'CauseExplained':
      return { ...complaint, explained: { text: fact.data.text, ...mark } };
    case 'ExplanationWaived':
      return { ...complaint, explained: { waived: true, reason: fact.data.reason, ...mark } };
    case 'CorrectionMade': {
      const { correction, issue, ...made } = fact.data;
      return withIssue(complaint, issue, (one) => ({
        ...one,
        corrections: [...one.corrections, { id: correction, ...made, ...mark }],
      }));
    }
    case 'CompensationOffered': {
      const { compensation, ...offered } = fact.data;
      return {
        ...complaint,
        compensations: [
          ...complaint.compensations,
          { id: compensation, ...offered, accepted: null, declined: null, delivered: null, ...mark },
        ],
      };
    }
    case 'CompensationAccepted':
      return withCompensation(complaint, fact.data.compensation, { accepted: mark, declined: null });
    case 'CompensationDeclined':
      return withCompensation(complaint, fact.data.compensation, {
        declined: { reason: fact.data.reason, ...mark },
        accepted: null,
      });
    case 'CompensationDelivered':
      return withCompensation(complaint, fact.data.compensation, { delivered: { proof: fact.data.proof, ...mark } });
    case 'ComplaintResolved':
      return {
        ...complaint,
        resolved: mark,
        ...stopped(complaint, mark.at, 'resolution'),
        resolutions: [...complaint.resolutions, { text: fact.data.text, ...mark }],
      };
    case 'CustomerAnswered':
      return {
        ...complaint,
        customerAnswer: { value: fact.data.answer, ...mark },
        accepted: fact.data.answer === 'accepted' ? mark : null,
      };
    case 'ComplaintClosed':
      return { ...complaint, closed: mark };
    case 'ComplaintReopened':
      return {
        ...complaint,
        conduct: complaint.conduct + 1,
        conductSince: mark.revision,
        resolved: null,
        accepted: null,
        closed: null,
        withdrawn: null,
        customerAnswer: null,
        reopenings: [...complaint.reopenings, { reason: fact.data.reason, ...mark }],
      };
    case 'ComplaintWithdrawn':
      return { ...complaint, withdrawn: { reason: fact.data.reason, ...mark }, ...stopped(complaint, mark.at) };
    case 'FactRectified': {
      const { fact: of, ...rectified } = fact.data;
      return { ...complaint, rectifications: [...complaint.rectifications, { of, ...rectified, ...mark }] };
    }
    case 'RuleOverridden':
      return { ...complaint, overrides: [...complaint.overrides, { ...fact.data, ...mark }] };
  }
};
