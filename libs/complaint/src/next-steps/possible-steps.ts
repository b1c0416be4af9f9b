import type { Policy } from '#policy/policy';
import type { Complaint } from '../complaint.ts';
import { doneInThisConduct } from '../ending/conduct.ts';
import type { Missing } from '../ending/missing-for-closing.ts';
import type { Circumstances, Step } from './steps.ts';
import { reopenableUntil } from '../ending/reopen.ts';

const COMPANY = ['manager', 'director'] as const;

/** What the rules would record now, if somebody did it (docs/domain.md §3). */
export const possibleSteps = (
  complaint: Complaint,
  missing: readonly Missing[],
  circumstances: Circumstances,
  policy: Policy,
): Step[] => [
  ...(complaint.closed || complaint.withdrawn ? [] : conductSteps(complaint, missing)),
  ...everSteps(complaint),
  ...callSteps(circumstances),
  ...reopening(complaint, circumstances, policy),
];

const conductSteps = (complaint: Complaint, missing: readonly Missing[]): Step[] => [
  ...(doneInThisConduct(complaint, complaint.acknowledged) ? [] : [{ step: 'acknowledgements' }]),
  ...(doneInThisConduct(complaint, complaint.thanked) ? [] : [{ step: 'thanks' }]),
  ...(complaint.thanked ? [{ step: 'apologies' }] : []),
  ...(doneInThisConduct(complaint, complaint.responsibility) ? [] : [{ step: 'responsibility', roles: COMPANY }]),
  { step: 'assignments' },
  { step: 'information-requests' },
  { step: 'information' },
  { step: 'promises' },
  { step: 'issues' },
  ...complaint.issues.flatMap(({ id }) =>
    ['reclassifications', 'assessments', 'causes', 'corrections', 'compensations'].map((step) => ({ step, issue: id })),
  ),
  ...complaint.compensations.flatMap(({ id, accepted, declined, delivered }) => [
    ...(doneInThisConduct(complaint, accepted) ? [] : [{ step: 'compensations/acceptances', compensation: id }]),
    ...(doneInThisConduct(complaint, declined) ? [] : [{ step: 'compensations/declines', compensation: id }]),
    ...(doneInThisConduct(complaint, delivered) ? [] : [{ step: 'compensations/deliveries', compensation: id }]),
  ]),
  { step: 'explanations' },
  ...(complaint.resolved ? [] : [{ step: 'resolutions' }]),
  ...(missing.length === 0 ? [{ step: 'closures' }] : []),
  { step: 'withdrawals' },
];

/** What goes on also after the end (docs/formats.md, Closing, exactly). */
const everSteps = (complaint: Complaint): Step[] => [
  { step: 'messages' },
  { step: 'answers' },
  { step: 'contacts' },
  { step: 'rectifications' },
  ...complaint.promises
    .filter(({ fulfilled }) => !fulfilled)
    .map(({ id }) => ({ step: 'promises/fulfilments', promise: id })),
];

const callSteps = ({ call }: Circumstances): Step[] =>
  call?.situation === 'open'
    ? ['attempts', 'outcomes', 'reschedulings'].map((step) => ({ step: `follow-up-calls/${step}`, followUp: call.id }))
    : [];

const reopening = (complaint: Complaint, { now }: Circumstances, policy: Policy): Step[] => {
  const until = reopenableUntil(complaint, policy);
  return until !== undefined && now <= until ? [{ step: 'reopenings' }] : [];
};
