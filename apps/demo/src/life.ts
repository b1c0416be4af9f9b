/** One complaint's whole life in requests (docs/domain.md §3), told step by step. */
export interface Step {
  readonly tells: string;
  readonly path: string;
  readonly body: Record<string, unknown>;
  readonly role?: 'handler' | 'manager';
}

/** What the story needs to know of answers already given. */
export interface Known {
  readonly complaint: string;
  readonly issue: string;
  readonly compensation?: string;
  readonly promise?: string;
  readonly followUp?: string;
}

export const intake = {
  channel: 'phone',
  words: 'The courier came a day late for the third time and nobody called.',
  summary: 'Late delivery, third time, no call ahead',
  language: 'en',
  tone: 'angry',
  desiredOutcomes: ['explanation', 'never-again'],
  customer: {
    reference: 'C-1042',
    name: 'Ada Example',
    phone: '+44 20 7946 0000',
    since: '2019-04-01',
    type: 'claimant',
  },
  purchase: { order: 'A-77', product: 'sofa', value: { amount: 49900, currency: 'EUR' } },
  issues: [
    {
      category: 'delivery-late',
      severity: 'costly',
      touchpoint: 'delivery',
      process: { department: 'logistics', process: 'delivery', step: 'call-ahead' },
      claimed: { amount: 5000, currency: 'EUR' },
      waited: 'P1D',
      repeat: true,
    },
  ],
};

const of = (known: Known, door: string): string => `/v1/complaints/${known.complaint}/${door}`;

/** The seven steps, in their order; each may use what the earlier ones answered. */
export const life: readonly ((known: Known) => Step)[] = [
  (known) => ({ tells: 'Listen: we have it', path: of(known, 'acknowledgements'), body: { channel: 'sms' } }),
  (known) => ({ tells: 'Somebody takes charge', path: of(known, 'assignments'), body: { handler: 'anna' } }),
  (known) => ({
    tells: 'Thank, and say why',
    path: of(known, 'thanks'),
    body: { why: 'Without you we would not have known that nobody calls ahead.' },
  }),
  (known) => ({
    tells: 'Apologise, in writing: it cost the customer something',
    path: of(known, 'apologies'),
    body: { form: 'written', words: 'We are sorry that you waited a whole day for nothing.' },
  }),
  (known) => ({
    tells: 'Clarify, as a request for help',
    path: of(known, 'information-requests'),
    body: { ask: 'Which evening would suit you?', topic: 'new-date' },
  }),
  (known) => ({
    tells: 'Promise a next word',
    path: of(known, 'promises'),
    body: { what: 'update', due: new Date(Date.now() + 86_400_000).toISOString() },
  }),
  (known) => ({
    tells: 'It can be repaired',
    path: of(known, 'assessments'),
    body: { issue: known.issue, repairable: true },
  }),
  (known) => ({
    tells: 'Name the cause: a process, never a person',
    path: of(known, 'causes'),
    body: {
      issue: known.issue,
      state: 'confirmed',
      process: { department: 'logistics', process: 'delivery', step: 'call-ahead' },
    },
  }),
  (known) => ({
    tells: 'Explain it',
    path: of(known, 'explanations'),
    body: { text: 'The list for calls was printed before late orders came in.' },
  }),
  (known) => ({
    tells: 'Put it right',
    path: of(known, 'corrections'),
    body: { issue: known.issue, what: 'Delivered the same evening.', inPresence: true },
  }),
  (known) => ({
    tells: 'Offer something for the trouble',
    path: of(known, 'compensations'),
    body: { issue: known.issue, item: 'free-delivery' },
  }),
  (known) => ({
    tells: '… the customer accepts',
    path: of(known, `compensations/${known.compensation}/acceptances`),
    body: {},
  }),
  (known) => ({
    tells: '… and has it',
    path: of(known, `compensations/${known.compensation}/deliveries`),
    body: { proof: 'credit note 4711' },
  }),
  (known) => ({ tells: 'Keep the promise', path: of(known, `promises/${known.promise}/fulfilments`), body: {} }),
  (known) => ({
    tells: 'Resolve',
    path: of(known, 'resolutions'),
    body: { text: 'Delivered, delivery refunded; from Monday the list is printed every hour.' },
  }),
  (known) => ({
    tells: 'Make sure: nobody picks up',
    path: `/v1/follow-up-calls/${known.followUp}/attempts`,
    body: { result: 'no-answer' },
  }),
  (known) => ({
    tells: 'Make sure: reached, and content',
    path: `/v1/follow-up-calls/${known.followUp}/outcomes`,
    body: { solution: 5, attitude: 5, told: 'The list is printed every hour now.' },
  }),
  (known) => ({ tells: 'The customer accepts', path: of(known, 'answers'), body: { answer: 'accepted' } }),
  (known) => ({ tells: 'Close', path: of(known, 'closures'), body: {} }),
];
