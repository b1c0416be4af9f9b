import { readFileSync } from 'node:fs';
import { defaultPolicy } from './default-policy.ts';
import { parsePolicy } from './parse-policy.ts';
import { policyJsonSchema } from './policy-schema.ts';

type Draft = Record<string, any>; // eslint-disable-line @typescript-eslint/no-explicit-any

/** The default policy with one thing changed. */
const changed = (change: (policy: Draft) => void): Draft => {
  const draft = JSON.parse(JSON.stringify(defaultPolicy)) as Draft;
  change(draft);
  return draft;
};

const errorsOf = (document: unknown) => {
  const parsed = parsePolicy(document);
  return 'errors' in parsed ? parsed.errors : [];
};

describe('a policy document', () => {
  it('is valid as the defaults are, as an object and as text', () => {
    expect(parsePolicy(defaultPolicy)).toEqual({ policy: defaultPolicy });
    expect(parsePolicy(JSON.stringify(defaultPolicy))).toEqual({ policy: defaultPolicy });
  });

  it('says that a text is no JSON', () => {
    expect(errorsOf('{ "currency": ')).toEqual([{ pointer: '#', detail: expect.stringContaining('not JSON') }]);
    expect(errorsOf('')).toHaveLength(1);
  });

  it.each([null, 5, [], 'text', undefined, true])('is not %j', (document) =>
    expect(errorsOf(document).length).toBeGreaterThan(0),
  );

  it.each<[string, (policy: Draft) => void, string]>([
    ['a member that is missing', (policy) => delete policy['norms'], '#/norms'],
    ['a member that nobody knows', (policy) => (policy['colour'] = 'red'), '#/colour'],
    ['a member deep inside that nobody knows', (policy) => (policy['followUp'].tries = 3), '#/followUp/tries'],
    ['a currency that is none', (policy) => (policy['currency'] = 'euro'), '#/currency'],
    ['a severity that is none', (policy) => (policy['defaultSeverity'] = 'huge'), '#/defaultSeverity'],
    ['a duration that is none', (policy) => (policy['reopeningWindow'] = '14 days'), '#/reopeningWindow'],
    ['no attempts', (policy) => (policy['followUp'].attempts = 0), '#/followUp/attempts'],
    ['half an attempt', (policy) => (policy['followUp'].attempts = 2.5), '#/followUp/attempts'],
    ['a threshold of one', (policy) => (policy['recurrence'].threshold = 1), '#/recurrence/threshold'],
    [
      'a channel that is no code',
      (policy) => (policy['channels']['E-Mail!'] = { answeredInPublic: false }),
      '#/channels/E-Mail!',
    ],
    [
      'a channel whose name is too long',
      (policy) => (policy['channels']['x'.repeat(65)] = { answeredInPublic: false }),
      `#/channels/${'x'.repeat(65)}`,
    ],
    ['no channels', (policy) => (policy['channels'] = {}), '#/channels'],
    ['an empty catalogue', (policy) => (policy['catalogue'] = []), '#/catalogue'],
    ['an item twice', (policy) => policy['catalogue'].push(policy['catalogue'][0]), '#/catalogue/8/item'],
    ['an outcome twice', (policy) => policy['desiredOutcomes'].push('refund'), '#/desiredOutcomes'],
    ['categories that are no list', (policy) => (policy['categories'] = 'open'), '#/categories'],
    ['an apology without a form', (policy) => (policy['apologies'].minor.forms = []), '#/apologies/minor/forms'],
    [
      'a form of apology that is none',
      (policy) => (policy['apologies'].minor.forms = ['sung']),
      '#/apologies/minor/forms/0',
    ],
    [
      'a norm by a calendar that does not exist',
      (policy) => (policy['norms'].resolution.calendar = 'nights'),
      '#/norms/resolution/calendar',
    ],
    [
      'a norm by what every object has',
      (policy) => (policy['norms'].resolution.calendar = 'constructor'),
      '#/norms/resolution/calendar',
    ],
    [
      'a time zone that is none',
      (policy) => (policy['calendars'].default.timeZone = 'Mars/Olympus'),
      '#/calendars/default/timeZone',
    ],
    [
      'an offset for a time zone',
      (policy) => (policy['calendars'].default.timeZone = '+01:00'),
      '#/calendars/default/timeZone',
    ],
    ['an eighth day', (policy) => (policy['calendars'].default.week[8] = []), '#/calendars/default/week/8'],
    [
      'a holiday that does not exist',
      (policy) => policy['calendars'].default.holidays.push('2026-02-30'),
      '#/calendars/default/holidays/0',
    ],
    [
      'hours that end before they begin',
      (policy) => (policy['calendars'].default.week[1] = [{ from: '18:00', to: '09:00' }]),
      '#/calendars/default/week/1/0',
    ],
    [
      'hours of no length',
      (policy) => (policy['calendars'].default.week[1] = [{ from: '09:00', to: '09:00' }]),
      '#/calendars/default/week/1/0',
    ],
    [
      'hours that overlap',
      (policy) => policy['calendars'].default.week[1].push({ from: '17:00', to: '19:00' }),
      '#/calendars/default/week/1/1',
    ],
    [
      'an hour that does not exist',
      (policy) => (policy['calendars'].default.week[1][0].to = '25:00'),
      '#/calendars/default/week/1/0/to',
    ],
    [
      'a calendar by which nobody works',
      (policy) => (policy['calendars'].default.week = { 1: [] }),
      '#/calendars/default/week',
    ],
    [
      'closing among what can be set aside',
      (policy) => policy['conduct'].overridable.push('not-ready-to-close'),
      '#/conduct/overridable/1',
    ],
    ['a window of two centuries', (policy) => (policy['reopeningWindow'] = 'P200Y'), '#/reopeningWindow'],
    [
      'a gap that no clock can count',
      (policy) => (policy['followUp'].attemptGap = 'P99999999999Y'),
      '#/followUp/attemptGap',
    ],
    ['a window of no length', (policy) => (policy['recurrence'].window = 'PT0S'), '#/recurrence/window'],
    ['shares that are not one whole', (policy) => (policy['estimates'].types.quiet = 0.5), '#/estimates/types'],
    [
      'a share below nothing',
      (policy) => Object.assign(policy['estimates'].types, { quiet: -0.2, claimant: 0.71 }),
      '#/estimates/types',
    ],
  ])('is not valid with %s, and says where', (_what, change, pointer) => {
    const errors = errorsOf(changed(change));
    expect(errors.map((error) => error.pointer)).toEqual([pointer]);
    for (const { detail } of errors) expect(detail).toMatch(/^[A-Z`].*\.$/);
  });

  it('answers every error at once, and one for each place', () => {
    const errors = errorsOf(
      changed((policy) =>
        Object.assign(policy, { currency: 'x', defaultSeverity: 5, promiseKinds: [1, 'ok', 'Not ok'] }),
      ),
    );
    expect(errors.map(({ pointer }) => pointer).sort()).toEqual([
      '#/currency',
      '#/defaultSeverity',
      '#/promiseKinds/0',
      '#/promiseKinds/2',
    ]);
  });

  it('does not take __proto__ for a member', () =>
    expect(errorsOf(JSON.stringify(defaultPolicy).replace('{', '{"__proto__":{},')).length).toBeGreaterThan(0));

  it('says what it takes where it takes several kinds', () =>
    expect(errorsOf(changed((policy) => (policy['categories'] = 'open')))[0]!.detail).toBe(
      'This must be null or a list.',
    ));

  it('may have days without work, and hours that meet', () => {
    const split = changed((policy) => {
      policy['calendars'].default.week[6] = [];
      policy['calendars'].default.week[5] = [
        { from: '09:00', to: '12:00' },
        { from: '12:00', to: '15:00' },
      ];
    });
    expect(parsePolicy(split)).toHaveProperty('policy');
  });

  it('may leave hours open until midnight, and go without override', () => {
    const night = changed((policy) => {
      policy['calendars'].default.week[7] = [
        { from: '00:00', to: '06:00' },
        { from: '22:00', to: '24:00' },
      ];
      policy['conduct'].overridable = [];
      policy['categories'] = ['billing'];
    });
    expect(parsePolicy(night)).toHaveProperty('policy');
  });
});

it('the checked-in policy.schema.json is the schema of a policy', () =>
  expect(readFileSync('libs/policy/policy.schema.json', 'utf8')).toBe(
    `${JSON.stringify(policyJsonSchema(), null, 2)}\n`,
  ));
