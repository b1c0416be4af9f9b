import type { Decision } from '#fact/decision';
import type { Role } from '#fact/fact';
import { personalText } from '#fact/personal';
import { factId, history, storiesOf } from '#fact/story';
import { followUpOpened, type FollowUpEvent } from '#follow-up/events';
import { followUpStreams, type FollowUp } from '#follow-up/follow-up';
import { defaultPolicy } from '#policy/default-policy';
import type { VersionedPolicy } from '#policy/policy';
import type { ApologyForm, Severity } from '#policy/vocabulary';
import { causeExplained } from './causes/events.ts';
import { complaintStreams } from './complaint-streams.ts';
import type { Complaint } from './complaint.ts';
import { apologyGiven, customerThanked, responsibilityAccepted } from './conversation/events.ts';
import { complaintClosed, complaintReopened, complaintResolved, complaintWithdrawn } from './ending/events.ts';
import type { ComplaintEvent } from './events.ts';
import { complaintAcknowledged, complaintReceived } from './intake/events.ts';
import { compensationOffered, correctionMade } from './remedy/events.ts';

/** The complaint that most stories begin with: one issue, costly, received on a Monday at nine. */
export const COMPLAINT = '11111111-1111-4111-8111-111111111111';
export const ISSUE = '22222222-2222-4222-8222-222222222222';
export const SUBJECT = '33333333-3333-4333-8333-333333333333';

/** The nth id of what a story creates. */
export const id = (n: number): string => `44444444-4444-4444-8444-${String(n).padStart(12, '0')}`;

/** The complaint's call. */
export const CALL = id(9);

export const words = personalText('Words of one person to another.');

const intake = {
  reference: 'R7K4M29',
  channel: 'phone',
  words: personalText('The courier came a day late for the third time and nobody called.'),
  desiredOutcomes: ['explanation'],
  confidentiality: 'open',
  customer: { id: SUBJECT },
} as const;

export const receivedAs = (severity: Severity) =>
  complaintReceived({
    ...intake,
    desiredOutcomes: ['explanation'],
    issues: [{ id: ISSUE, category: 'delivery-late', severity, presumed: 'minor' }],
    dues: [],
  });

export const received = receivedAs('costly');
export const receivedGrave = receivedAs('grave');

/** By when the complaint of these stories should have had its first response: one working day of 09–18. */
export const FIRST_RESPONSE_DUE = '2026-03-02T18:00:00.000Z';

const firstResponse = {
  clock: 'first-response',
  from: '2026-03-02T09:00:00.000Z',
  due: FIRST_RESPONSE_DUE,
  workingDays: 1,
  calendar: 'default',
  calendarVersion: 0,
};

export const receivedWithDue = complaintReceived({ ...received.data, dues: [firstResponse] });
export const receivedMigrated = complaintReceived({ ...received.data, origin: { system: 'cfpb', migrated: true } });

export const acknowledged = complaintAcknowledged({ channel: 'sms', dues: [] });
export const thanked = customerThanked({ why: words });
export const apologised = (level: Role, form: ApologyForm) => apologyGiven({ level, form, words });
export const responsible = responsibilityAccepted({ words });
export const corrected = correctionMade({ correction: id(1), issue: ISSUE, what: words, inPresence: true });
export const offered = compensationOffered({ compensation: id(2), issue: ISSUE, item: 'flowers' });
export const explained = causeExplained({ text: words });
export const resolved = complaintResolved({ text: words });
export const closed = complaintClosed({ followUp: { id: CALL, revision: 1, standing: 'reached' } });
export const reopened = complaintReopened({ reason: words });
export const withdrawn = complaintWithdrawn({ reason: words });

/** The call of the resolution that is the nth fact of the complaint, and what happened on it, as it is read. */
export const callOf = (resolution: number, ...happened: readonly FollowUpEvent[]) => {
  const opened = followUpOpened({
    kind: 'after-resolution',
    complaint: COMPLAINT,
    resolution: factId(resolution),
    customer: SUBJECT,
    due: '2026-03-05T09:00:00.000Z',
    attemptLimit: 3,
    attemptGap: 'PT4H',
  });
  const facts = history<FollowUpEvent>(`follow-up-${CALL}`, [opened, ...happened]);
  const state = facts.reduce<FollowUp | undefined>((older, fact) => followUpStreams.evolve(older, fact), undefined)!;
  return { id: CALL, revision: facts.length - 1, state };
};

export const policy: VersionedPolicy = { ...defaultPolicy, version: 0 };

/** A rule and its command as what a story does: `given(…).when(doing(thank, { … }))`. */
export const doing =
  <Command>(
    rule: (command: Command, complaint: Complaint, policy: VersionedPolicy) => Decision<ComplaintEvent>,
    command: Command,
    under: VersionedPolicy = policy,
  ) =>
  (complaint: Complaint): Decision<ComplaintEvent> =>
    rule(command, complaint, under);

export const { given } = storiesOf(complaintStreams, `complaint-${COMPLAINT}`);
