import type { Policy } from './policy.ts';

const workday = [{ from: '09:00', to: '18:00' }];

/** The defaults of docs/domain.md. Used when no POLICY_FILE is given, and only for a ledger without a policy. */
export const defaultPolicy: Policy = {
  currency: 'EUR',
  channels: {
    'web-form': { answeredInPublic: false },
    chat: { answeredInPublic: false },
    app: { answeredInPublic: false },
    email: { answeredInPublic: false },
    phone: { answeredInPublic: false },
    'in-person': { answeredInPublic: false },
    'complaints-book': { answeredInPublic: true },
    'review-site': { answeredInPublic: true },
    'social-network': { answeredInPublic: true },
    messenger: { answeredInPublic: false },
    sms: { answeredInPublic: false },
    letter: { answeredInPublic: false },
    fax: { answeredInPublic: false },
    survey: { answeredInPublic: false },
    director: { answeredInPublic: false },
    partner: { answeredInPublic: false },
    regulator: { answeredInPublic: false },
  },
  desiredOutcomes: [
    'replacement',
    'repair',
    'redo',
    'explanation',
    'apology',
    'refund',
    'price-cut',
    'to-be-heard',
    'never-again',
  ],
  promiseKinds: ['update', 'fix', 'payment'],
  categories: null,
  defaultSeverity: 'minor',
  calendars: {
    default: { timeZone: 'UTC', week: { 1: workday, 2: workday, 3: workday, 4: workday, 5: workday }, holidays: [] },
  },
  norms: {
    'first-response': { workingDays: 1, calendar: 'default' },
    resolution: { workingDays: 10, calendar: 'default' },
  },
  apologies: {
    minor: { forms: ['spoken', 'written', 'gift'], fromManager: false, responsibility: false },
    costly: { forms: ['written', 'gift'], fromManager: false, responsibility: false },
    grave: { forms: ['written', 'gift'], fromManager: true, responsibility: true },
  },
  conduct: { overridable: ['apology-before-thanks'] },
  reopeningWindow: 'P14D',
  catalogue: [
    { item: 'free-delivery', situations: ['waited-too-long', 'rescheduled-by-us'], onlyIfCustomerReturns: false },
    { item: 'partial-refund', situations: ['waited-too-long', 'same-fault-again'], onlyIfCustomerReturns: false },
    { item: 'replacement-of-spoiled-goods', situations: ['spoiled-goods'], onlyIfCustomerReturns: false },
    { item: 'flowers', situations: ['waited-too-long', 'third-party-involved'], onlyIfCustomerReturns: false },
    { item: 'gift-card', situations: ['same-fault-again', 'threat-to-leave'], onlyIfCustomerReturns: true },
    { item: 'extended-warranty', situations: ['same-fault-again'], onlyIfCustomerReturns: false },
    { item: 'personal-visit', situations: ['third-party-involved', 'threat-to-leave'], onlyIfCustomerReturns: false },
    { item: 'discount-on-next-purchase', situations: ['threat-to-leave'], onlyIfCustomerReturns: true },
  ],
  followUp: { after: 'P3D', attempts: 3, attemptGap: 'PT4H' },
  recurrence: { window: 'P90D', threshold: 3 },
  estimates: { silentFactor: 27, types: { quiet: 0.14, claimant: 0.37, angry: 0.21, activist: 0.28 } },
};
