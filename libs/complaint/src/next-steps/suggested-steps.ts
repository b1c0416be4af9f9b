import type { Policy } from '#policy/policy';
import { CLOCKS } from '../clocks/table.ts';
import type { Complaint } from '../complaint.ts';
import { doneInThisConduct } from '../ending/conduct.ts';
import { complaintResolved } from '../ending/events.ts';
import { weightOf, type Missing, type MissingCode } from '../ending/missing-for-closing.ts';
import { reopenableUntil } from '../ending/reopen.ts';
import type { ComplaintEvent } from '../events.ts';
import { complaintAcknowledged } from '../intake/events.ts';
import type { IssueState } from '../issues/state.ts';
import { COMPANY_ROLES, UNSPECIFIED } from '../vocabulary.ts';
import type { Circumstances, Step } from './steps.ts';
import { isWorded, wordingFor, type Wording } from './wording.ts';
import type { Occasion } from './wording/en.ts';

export interface SuggestedStep extends Step {
  readonly why: string;
  /** By when it should be done, where a clock runs. */
  readonly due?: string;
  /** What one can say, in the language that was asked for. */
  readonly wording?: Wording;
}

/** A step without its wording, which follows from its name unless it is said in other words. */
type Suggestion = Omit<SuggestedStep, 'wording'> & { readonly said?: Occasion };

/**
 * What should be done next, in the order of the conduct (docs/domain.md §3): what is owed already comes first, then
 * listening, thanking, apologising, clarifying, putting right, preventing, explaining, resolving, making sure, closing.
 * After the end only that is left which is owed already.
 */
export const suggestedSteps = (
  complaint: Complaint,
  missing: readonly Missing[],
  { languages, ...circumstances }: Circumstances & { readonly languages: readonly string[] },
  policy: Policy,
): SuggestedStep[] =>
  [
    ...owedAlready(complaint, circumstances.now, policy),
    ...(complaint.closed || complaint.withdrawn ? [] : conductSteps(complaint, missing, circumstances, policy)),
  ].map(({ said, ...step }) => {
    const occasion = said ?? (isWorded(step.step) ? step.step : undefined);
    return { ...step, ...(occasion && { wording: wordingFor(occasion, languages) }) };
  });

const conductSteps = (
  complaint: Complaint,
  missing: readonly Missing[],
  { call }: Circumstances,
  policy: Policy,
): Suggestion[] => {
  const steps: Suggestion[] = [];
  const lacks = (code: MissingCode) => missing.find((one) => one.code === code);
  if (!doneInThisConduct(complaint, complaint.acknowledged))
    steps.push({
      step: 'acknowledgements',
      why: 'The customer does not know yet that we have it, and by when there will be an answer.',
      ...dueOf(waiting(complaint, complaintAcknowledged.type)),
    });
  if (complaint.handler === null)
    steps.push({ step: 'assignments', why: 'One person should conduct the complaint throughout.' });
  if (lacks('thanks'))
    steps.push({ step: 'thanks', why: 'A complaint is a gift; the thanks come before the apology.' });
  steps.push(...apologies(complaint, missing, policy));
  const responsibility = lacks('responsibility');
  if (responsibility) steps.push({ step: 'responsibility', roles: COMPANY_ROLES, why: responsibility.why });
  if (nobodyAsked(complaint))
    steps.push({
      step: 'information-requests',
      why: 'Nobody has named yet what went wrong; the customer can help.',
    });
  steps.push(...complaint.issues.flatMap((issue) => remedies(complaint, issue, missing)));
  for (const issue of complaint.issues)
    if (!complaint.causes.some((cause) => cause.issue === issue.id))
      steps.push({ step: 'causes', issue: issue.id, why: 'Only a process whose fault is known can be mended.' });
  const explanation = lacks('explanation');
  if (explanation) steps.push({ step: 'explanations', why: explanation.why });
  const onlyTheEndIsMissing = missing.every(({ code }) => code === 'resolution' || code === 'follow-up');
  if (!complaint.resolved && onlyTheEndIsMissing)
    steps.push({
      step: 'resolutions',
      why: 'All is done that was owed; now the customer should hear it as a whole.',
      ...dueOf(waiting(complaint, complaintResolved.type)),
    });
  if (complaint.resolved && lacks('follow-up') && call?.situation === 'open')
    steps.push({
      step: 'follow-up-calls/outcomes',
      followUp: call.id,
      due: call.due,
      why: 'Only the customer can say whether all is well now.',
    });
  if (missing.length === 0) steps.push({ step: 'closures', why: 'Nothing that closing demands is missing.' });
  return steps;
};

/** What no end of the conduct settles: late promises, an unanswered message, a resolution that the customer does not accept. */
const owedAlready = (complaint: Complaint, now: string, policy: Policy): Suggestion[] => {
  const steps: Suggestion[] = complaint.promises
    .filter(({ fulfilled, due }) => !fulfilled && due < now)
    .map(({ id, due }) => ({
      step: 'promises/fulfilments',
      promise: id,
      due,
      why: 'The customer was promised this, and the time has passed.',
    }));
  if (unanswered(complaint)) steps.push({ step: 'messages', why: 'The customer wrote, and nobody has answered yet.' });
  const until = complaint.withdrawn ? undefined : reopenableUntil(complaint, policy);
  if (complaint.customerAnswer?.value === 'not-accepted' && until !== undefined && now <= until)
    steps.push({ step: 'reopenings', due: until, why: 'The customer does not accept the resolution.' });
  return steps;
};

/** Whether the customer's last message came behind all that we said to them, in the order of record. */
const unanswered = ({ messages, acknowledged, thanked, apologies, requests, explained, resolved }: Complaint) => {
  const last = messages.at(-1);
  const said = [acknowledged, thanked, apologies.at(-1), requests.at(-1), explained, resolved];
  return last?.direction === 'in' && said.every((mark) => !mark || mark.revision < last.revision);
};

const nobodyAsked = ({ issues, requests, information }: Complaint): boolean =>
  issues.some(({ category }) => category === UNSPECIFIED) && requests.length === 0 && information.length === 0;

const apologies = (complaint: Complaint, missing: readonly Missing[], policy: Policy): Suggestion[] =>
  missing
    .filter(({ code }) => code === 'apology')
    .map(({ why, level }) => {
      if (level === 'manager') return { step: 'apologies', roles: COMPANY_ROLES, why, said: 'apologies-by-a-manager' };
      const { forms } = policy.apologies[weightOf(complaint)];
      return { step: 'apologies', why, ...(!forms.includes('spoken') && { said: 'apologies-in-writing' }) };
    });

const remedies = (complaint: Complaint, issue: IssueState, missing: readonly Missing[]): Suggestion[] => {
  const remedy = missing.find(({ code, issue: id }) => code === 'remedy' && id === issue.id);
  const assessment: Suggestion[] =
    issue.repairable === null && remedy
      ? [{ step: 'assessments', issue: issue.id, why: 'Whether it can be repaired decides what is owed.' }]
      : [];
  const offered = complaint.compensations.find((one) => one.issue === issue.id && !one.delivered && !one.declined);
  if (offered)
    return [
      ...assessment,
      {
        step: offered.accepted ? 'compensations/deliveries' : 'compensations/acceptances',
        issue: issue.id,
        compensation: offered.id,
        why: offered.accepted
          ? 'The customer accepted it and waits for it.'
          : 'It was offered; did the customer accept?',
      },
    ];
  if (!remedy) return assessment;
  return [
    ...assessment,
    { step: issue.repairable === false ? 'compensations' : 'corrections', issue: issue.id, why: remedy.why },
  ];
};

/** By when something is due, of which a clock runs that waits for such a fact. */
const waiting = ({ clocks }: Complaint, type: ComplaintEvent['type']): string | undefined => {
  const names: readonly string[] = CLOCKS.filter(({ metBy }) => type in metBy).map(({ name }) => name);
  return clocks.findLast(({ clock, end }) => names.includes(clock) && end === null)?.due;
};

/** A due as a member, where a clock runs. */
const dueOf = (due: string | undefined): Pick<SuggestedStep, 'due'> => (due === undefined ? {} : { due });
