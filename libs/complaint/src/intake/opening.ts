import { idOf } from '#fact/stream-kind';
import type { Complaint, IssueState, Mark, RunningDue } from '../complaint.ts';
import type { ComplaintFact } from '../events.ts';
import type { Due, Issue } from '../vocabulary.ts';

/** What is so when a fact has just said it. */
export const markOf = (fact: ComplaintFact): Mark => ({
  at: fact.effectiveAt,
  by: fact.actor.id,
  fact: fact.id,
  revision: fact.revision,
});

export const newIssue = (issue: Issue): IssueState => ({ ...issue, repairable: null, corrections: [] });

/** A clock that a fact has just set. */
export const startedDue = (due: Due): RunningDue => ({ ...due, stopped: null });

/** What is so about a complaint at its receipt. */
export const opened = (fact: ComplaintFact & { type: 'ComplaintReceived' }): Complaint => ({
  id: idOf(fact),
  received: fact.data,
  receivedAt: fact.effectiveAt,
  receivedBy: markOf(fact),
  conduct: 1,
  conductSince: fact.revision,
  facts: [],
  contact: {
    ...(fact.data.customer.name && { name: fact.data.customer.name }),
    ...(fact.data.customer.phone && { phone: fact.data.customer.phone }),
    ...(fact.data.customer.email && { email: fact.data.customer.email }),
  },
  handler: null,
  issues: fact.data.issues.map(newIssue),
  dues: fact.data.dues.map(startedDue),
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
