import type { Policy } from '#policy/policy';
import type { Complaint } from '../complaint.ts';
import { doneInThisConduct } from '../ending/conduct.ts';
import { weightOf, type Missing, type MissingCode } from '../ending/missing-for-closing.ts';
import type { Circumstances, SuggestedStep } from './steps.ts';
import { reopenableUntil } from '../ending/reopen.ts';
import { UNSPECIFIED, type Due } from '../vocabulary.ts';
import { wordingFor, type Occasion } from './wording.ts';

/**
 * What should be done next, in the order of the conduct (docs/domain.md §3): what is owed already comes first, then
 * listening, thanking, apologising, clarifying, putting right, preventing, explaining, resolving, making sure, closing.
 * After the end only that is left which is owed already.
 */
export const suggestedSteps = (
  complaint: Complaint,
  missing: readonly Missing[],
  { call, now, languages }: Circumstances,
  policy: Policy,
): SuggestedStep[] => {
  const say = (occasion: Occasion) => ({ wording: wordingFor(occasion, languages) });
  const lacks = (code: MissingCode) => missing.find((one) => one.code === code);
  const steps: SuggestedStep[] = owedAlready(complaint, now, policy, say);
  if (complaint.closed || complaint.withdrawn) return steps;
  if (!doneInThisConduct(complaint, complaint.acknowledged))
    steps.push({
      step: 'acknowledgements',
      why: 'The customer does not know yet that we have it, and by when there will be an answer.',
      ...dueOf(running(complaint, 'first-response')),
      ...say('acknowledgements'),
    });
  if (complaint.handler === null)
    steps.push({ step: 'assignments', why: 'One person should conduct the complaint throughout.' });
  if (lacks('thanks'))
    steps.push({ step: 'thanks', why: 'A complaint is a gift; the thanks come before the apology.', ...say('thanks') });
  steps.push(...apologies(complaint, missing, policy, say));
  const responsibility = lacks('responsibility');
  if (responsibility)
    steps.push({
      step: 'responsibility',
      roles: ['manager', 'director'],
      why: responsibility.why,
      ...say('responsibility'),
    });
  if (nobodyAsked(complaint))
    steps.push({
      step: 'information-requests',
      why: 'Nobody has named yet what went wrong; the customer can help.',
      ...say('information-requests'),
    });
  steps.push(...remedies(complaint, missing, say));
  for (const issue of complaint.issues)
    if (!complaint.causes.some((cause) => cause.issue === issue.id))
      steps.push({ step: 'causes', issue: issue.id, why: 'Only a process whose fault is known can be mended.' });
  const explanation = lacks('explanation');
  if (explanation) steps.push({ step: 'explanations', why: explanation.why, ...say('explanations') });
  const onlyTheEndIsMissing = missing.every(({ code }) => code === 'resolution' || code === 'follow-up');
  if (!complaint.resolved && onlyTheEndIsMissing)
    steps.push({
      step: 'resolutions',
      why: 'All is done that was owed; now the customer should hear it as a whole.',
      ...dueOf(running(complaint, 'resolution')),
      ...say('resolutions'),
    });
  if (complaint.resolved && lacks('follow-up') && call?.situation === 'open')
    steps.push({
      step: 'follow-up-calls/outcomes',
      followUp: call.id,
      due: call.due,
      why: 'Only the customer can say whether all is well now.',
      ...say('follow-up'),
    });
  if (missing.length === 0) steps.push({ step: 'closures', why: 'Nothing that closing demands is missing.' });
  return steps;
};

type Say = (occasion: Occasion) => Pick<SuggestedStep, 'wording'>;

/** What no end of the conduct settles: late promises, an unanswered message, a resolution that the customer does not accept. */
const owedAlready = (complaint: Complaint, now: string, policy: Policy, say: Say): SuggestedStep[] => {
  const steps: SuggestedStep[] = complaint.promises
    .filter(({ fulfilled, due }) => !fulfilled && due < now)
    .map(({ id, due }) => ({
      step: 'promises/fulfilments',
      promise: id,
      due,
      why: 'The customer was promised this, and the time has passed.',
      ...say('promises'),
    }));
  if (unanswered(complaint))
    steps.push({ step: 'messages', why: 'The customer wrote, and nobody has answered yet.', ...say('messages') });
  const until = complaint.withdrawn ? undefined : reopenableUntil(complaint, policy);
  if (complaint.customerAnswer?.value === 'not-accepted' && until !== undefined && now <= until)
    steps.push({
      step: 'reopenings',
      due: until,
      why: 'The customer does not accept the resolution.',
      ...say('reopenings'),
    });
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

const apologies = (complaint: Complaint, missing: readonly Missing[], policy: Policy, say: Say): SuggestedStep[] =>
  missing
    .filter(({ code }) => code === 'apology')
    .map(({ why, level }) => {
      if (level === 'manager')
        return { step: 'apologies', roles: ['manager', 'director'], why, ...say('apologies-by-a-manager') };
      const { forms } = policy.apologies[weightOf(complaint)];
      return { step: 'apologies', why, ...say(forms.includes('spoken') ? 'apologies' : 'apologies-in-writing') };
    });

const remedies = (complaint: Complaint, missing: readonly Missing[], say: Say): SuggestedStep[] =>
  complaint.issues.flatMap((issue): SuggestedStep[] => {
    const remedy = missing.find(({ code, issue: id }) => code === 'remedy' && id === issue.id);
    const assessment: SuggestedStep[] =
      issue.repairable === null && remedy
        ? [{ step: 'assessments', issue: issue.id, why: 'Whether it can be repaired decides what is owed.' }]
        : [];
    const offered = complaint.compensations.find((one) => one.issue === issue.id && !one.delivered && !one.declined);
    if (offered)
      return [
        ...assessment,
        {
          step: `compensations/${offered.accepted ? 'deliveries' : 'acceptances'}`,
          issue: issue.id,
          compensation: offered.id,
          why: offered.accepted
            ? 'The customer accepted it and waits for it.'
            : 'It was offered; did the customer accept?',
        },
      ];
    if (!remedy) return assessment;
    const step = issue.repairable === false ? 'compensations' : 'corrections';
    return [...assessment, { step, issue: issue.id, why: remedy.why, ...say(step) }];
  });

/** By when something is due whose clock still runs. */
const running = ({ dues }: Complaint, name: Due['clock']): string | undefined =>
  dues.findLast(({ clock, stopped }) => clock === name && stopped === null)?.due;

/** A due as a member, where a clock runs. */
const dueOf = (due: string | undefined): Pick<SuggestedStep, 'due'> => (due === undefined ? {} : { due });
