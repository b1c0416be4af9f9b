import type { Chance } from '../chance.ts';
import type { Answer } from '../check/evidence.ts';
import type { Clerk } from './clerk.ts';

/** Lives of complaints (docs/domain.md §3), each as its own chance has it. What a step is meant to answer is said with it. */
export const live = async (clerk: Clerk, chance: Chance): Promise<void> => {
  const kind = chance.pick(['whole', 'whole', 'late', 'short', 'short', 'withdrawn', 'reopened'] as const);
  const complaint = await receive(clerk, chance, kind === 'late');
  if (!complaint) return;
  const at = (door: string): string => `/v1/complaints/${complaint.id}/${door}`;
  const issue = complaint.issues![0]!;
  if (chance.yes(0.4)) await mistake(clerk, chance, at);
  await clerk.give({ what: 'acknowledgement', path: at('acknowledgements'), body: { channel: 'sms' } });
  if (chance.yes(0.5)) await talk(clerk, chance, at);
  if (kind === 'short') return;
  if (kind === 'withdrawn')
    return void (await clerk.give({ what: 'withdrawal', path: at('withdrawals'), body: { reason: 'It came today.' } }));

  if (chance.yes(0.2)) {
    // Two facts in one append.
    const override = { override: { reason: 'She was crying.' } };
    await clerk.give({ what: 'apology first', path: at('apologies'), body: { ...sorry, ...override }, needed: true });
    await clerk.give({ what: 'thanks', path: at('thanks'), body: { why: 'Now we know.' }, needed: true });
  } else {
    if (chance.yes(0.3))
      await clerk.give({
        what: 'apology too early',
        path: at('apologies'),
        body: sorry,
        meant: ['apology-before-thanks'],
      });
    await clerk.give({ what: 'thanks', path: at('thanks'), body: { why: 'Now we know.' }, needed: true });
    await clerk.give({ what: 'apology', path: at('apologies'), body: sorry, needed: true });
  }
  await clerk.give({ what: 'assessment', path: at('assessments'), body: { issue, repairable: true } });
  await clerk.give({ what: 'explanation', path: at('explanations'), body: { text: 'A list was late.' }, needed: true });
  await clerk.give({ what: 'correction', path: at('corrections'), body: { issue, what: 'Brought it.' }, needed: true });
  if (chance.yes(0.4)) await compensate(clerk, at, issue);
  if (chance.yes(0.4))
    await clerk.give({ what: 'closing too early', path: at('closures'), meant: ['not-ready-to-close'] });
  if (chance.yes(0.3)) await mistake(clerk, chance, at);

  const resolved = await resolve(clerk, at, kind === 'late');
  if (kind === 'reopened') {
    if (chance.yes(0.3)) await reach(clerk, chance, resolved);
    await clerk.give({ what: 'reopening', path: at('reopenings'), body: { reason: 'It broke again.' }, needed: true });
    await talk(clerk, chance, at);
    await reach(clerk, chance, await resolve(clerk, at, false));
  } else if (kind === 'late') await exhaust(clerk, resolved);
  else await reach(clerk, chance, resolved);
  await clerk.give({ what: 'answer', path: at('answers'), body: { answer: 'accepted' } });
  await clerk.give({ what: 'closing', path: at('closures'), needed: true });
  if (chance.yes(0.3))
    await clerk.give({
      what: 'thanks too late',
      path: at('thanks'),
      body: { why: 'Late.' },
      meant: ['already-closed'],
    });
};

/** Texts of persons that the lives below send. */
export const PRIVATE_WORDS = ['The courier came late', 'Person ', 'you waited', 'Now we know', 'It is mended'];

const sorry = { form: 'written', words: 'We are sorry that you waited.' };

const receive = (clerk: Clerk, chance: Chance, late: boolean): Promise<Answer | undefined> => {
  const category = chance.pick(CATEGORIES);
  const person = chance.whole(1, 40);
  return clerk.give({
    what: 'intake',
    path: '/v1/complaints',
    needed: true,
    body: {
      channel: chance.pick(['phone', 'app', 'email']),
      words: `The courier came late, for the ${chance.whole(2, 9)}th time.`,
      customer: { reference: `C-${person}`, name: `Person ${person}` },
      purchase: { order: `A-${chance.whole(1, 999)}`, product: chance.pick(['sofa', 'lamp']) },
      issues: [{ category, severity: 'costly', process: { department: 'logistics', process: 'delivery' } }],
      // Long ago: by now the norm has passed, and silence is noticed.
      ...(late && { effectiveAt: daysAgo(10) }),
    },
  });
};

const CATEGORIES = ['delivery-late', 'delivery-damaged', 'invoice-wrong', 'no-answer', 'rude', 'broken-soon'];

const resolve = async (clerk: Clerk, at: (door: string) => string, late: boolean): Promise<string> => {
  const body = { text: 'It is mended.', ...(late && { effectiveAt: daysAgo(3) }) };
  const answer = await clerk.give({ what: 'resolution', path: at('resolutions'), body, needed: true });
  return answer?.followUp ?? '';
};

const reach = async (clerk: Clerk, chance: Chance, call: string): Promise<void> => {
  const path = `/v1/follow-up-calls/${call}`;
  if (chance.yes(0.5)) await clerk.give({ what: 'attempt', path: `${path}/attempts`, body: { result: 'busy' } });
  if (chance.yes(0.3))
    await clerk.give({
      what: 'given up too early',
      path: `${path}/outcomes`,
      body: { reached: false },
      meant: ['attempts-not-exhausted'],
    });
  const body = { solution: 5, attitude: chance.whole(1, 5), told: 'The list is printed hourly.' };
  await clerk.give({ what: 'call', path: `${path}/outcomes`, body, needed: true });
};

/** Three attempts, far enough apart: the last one records in the same append that nobody was reached. */
const exhaust = async (clerk: Clerk, call: string): Promise<void> => {
  for (const days of [2, 1.5, 1])
    await clerk.give({
      what: 'attempt',
      path: `/v1/follow-up-calls/${call}/attempts`,
      body: { result: 'no-answer', effectiveAt: daysAgo(days) },
      needed: true,
    });
};

/** Each of these is a new fact whenever it is said. Some promises are kept, some are broken within seconds. */
const talk = async (clerk: Clerk, chance: Chance, at: (door: string) => string): Promise<void> => {
  for (let words = chance.whole(1, 3); words > 0; words--) {
    const message = { direction: chance.pick(['in', 'out']), channel: 'email', text: 'When will it come?' };
    await clerk.give({ what: 'message', path: at('messages'), body: message });
  }
  const [soon, keeps] = [chance.yes(0.5), chance.yes(0.5)];
  const due = new Date(Date.now() + (soon ? 1_500 : 30 * 86_400_000)).toISOString();
  const promise = await clerk.give({ what: 'promise', path: at('promises'), body: { what: 'update', due } });
  if (promise && keeps) await clerk.give({ what: 'kept promise', path: at(`promises/${promise.id}/fulfilments`) });
};

const compensate = async (clerk: Clerk, at: (door: string) => string, issue: string): Promise<void> => {
  const body = { issue, item: 'free-delivery' };
  const offered = await clerk.give({ what: 'compensation', path: at('compensations'), body, needed: true });
  const of = (door: string): string => at(`compensations/${offered!.id}/${door}`);
  await clerk.give({ what: 'acceptance', path: of('acceptances'), needed: true });
  await clerk.give({ what: 'delivery', path: of('deliveries'), body: { proof: 'note 4711' }, needed: true });
};

/** Requests that must be refused, and leave no trace. */
const mistake = async (clerk: Clerk, chance: Chance, at: (door: string) => string): Promise<void> => {
  const message = { direction: 'in', channel: 'email', text: 'Hello?' };
  const nobody = `/v1/complaints/${chance.uuid()}`;
  const path = at('messages');
  await clerk.give(
    chance.pick([
      { what: 'outdated If-Match', path, body: message, ifMatch: '"900"', meant: ['revision-mismatch'] },
      { what: 'to nobody', path: `${nobody}/thanks`, body: { why: 'So.' }, meant: ['not-found'] },
      { what: 'unknown channel', path, body: { ...message, channel: 'pigeon' }, meant: ['unknown-code'] },
      { what: 'nothing said', path, body: { ...message, text: ' ' }, meant: ['invalid-body'] },
      { what: 'as the system', path, body: message, as: 'x; role=system', meant: ['role-not-allowed'] },
    ]),
  );
};

const daysAgo = (days: number): string => new Date(Date.now() - days * 86_400_000).toISOString();
