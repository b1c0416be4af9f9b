import { addDuration } from '#calendar/duration';
import { isTimeZone } from '#calendar/time-zone';
import type { Calendar } from '#calendar/calendar';
import type { Policy } from './policy.ts';
import { OVERRIDABLE_RULES } from './vocabulary.ts';

/** One thing that is wrong in a policy document; the pointer says where. */
export interface PolicyError {
  readonly pointer: string;
  readonly detail: string;
}

/** What a schema cannot say of a policy: that its parts fit together. */
export const contradictions = (policy: Policy): PolicyError[] => [
  ...tooLongNames(policy),
  ...Object.entries(policy.calendars).flatMap(([name, calendar]) => wrongCalendar(calendar, `#/calendars/${name}`)),
  ...Object.entries(policy.norms)
    .filter(([, { calendar }]) => !Object.hasOwn(policy.calendars, calendar))
    .map(([clock]) => ({ pointer: `#/norms/${clock}/calendar`, detail: 'This policy has no such calendar.' })),
  ...wrongDurations(policy),
  ...doubledItems(policy),
  ...policy.conduct.overridable.flatMap((rule, index) =>
    (OVERRIDABLE_RULES as readonly string[]).includes(rule)
      ? []
      : [
          {
            pointer: `#/conduct/overridable/${index}`,
            detail: `Only ${OVERRIDABLE_RULES.join(', ')} can be set aside.`,
          },
        ],
  ),
  ...wrongShares(policy),
];

const tooLongNames = ({ channels, calendars }: Policy): PolicyError[] =>
  Object.entries({ channels, calendars }).flatMap(([member, named]) => [
    ...Object.keys(named)
      .filter((name) => name.length > 64)
      .map((name) => ({ pointer: `#/${member}/${name}`, detail: 'A code has at most 64 characters.' })),
    ...(Object.keys(named).length === 0 ? [{ pointer: `#/${member}`, detail: 'At least one is needed.' }] : []),
  ]);

const wrongCalendar = ({ timeZone, week }: Calendar, pointer: string): PolicyError[] => [
  ...(isTimeZone(timeZone)
    ? []
    : [{ pointer: `${pointer}/timeZone`, detail: 'Not a time zone of the IANA database.' }]),
  ...(Object.values(week).some((hours) => hours.length > 0)
    ? []
    : [{ pointer: `${pointer}/week`, detail: 'The calendar has no working time, so nothing would ever be due.' }]),
  ...Object.entries(week).flatMap(([day, hours]) => wrongHours(hours, `${pointer}/week/${day}`)),
];

const wrongHours = (hours: Calendar['week'][string], pointer: string): PolicyError[] =>
  hours.flatMap(({ from, to }, index) => {
    const place = `${pointer}/${index}`;
    if (to <= from) return [{ pointer: place, detail: '`from` must lie before `to`; split what goes over midnight.' }];
    const previous = hours[index - 1];
    return previous && from < previous.to
      ? [{ pointer: place, detail: 'Hours must be in order and must not overlap.' }]
      : [];
  });

/** Longer than any rule means, and short enough that no due passes the year 9999. */
const START = '2000-01-01T00:00:00.000Z';
const LONGEST = addDuration(START, 'P100Y');

/** Undefined for a length that no clock can count. */
const endOf = (duration: string): string | undefined => {
  try {
    return addDuration(START, duration);
  } catch {
    return undefined;
  }
};

const wrongDurations = ({ reopeningWindow, followUp, recurrence }: Policy): PolicyError[] =>
  Object.entries({
    '#/reopeningWindow': reopeningWindow,
    '#/followUp/after': followUp.after,
    '#/followUp/attemptGap': followUp.attemptGap,
    '#/recurrence/window': recurrence.window,
  }).flatMap(([pointer, duration]) => {
    const end = endOf(duration);
    if (end === undefined || end > LONGEST) return [{ pointer, detail: 'At most a hundred years.' }];
    const empty = end === START && pointer === '#/recurrence/window';
    return empty ? [{ pointer, detail: 'A window of no length holds nothing.' }] : [];
  });

const doubledItems = ({ catalogue }: Policy): PolicyError[] =>
  catalogue.flatMap(({ item }, index) =>
    catalogue.findIndex((other) => other.item === item) < index
      ? [{ pointer: `#/catalogue/${index}/item`, detail: 'Duplicate catalogue item.' }]
      : [],
  );

/** Shares are parts of one whole, give or take a rounding. */
const wrongShares = ({ estimates: { types } }: Policy): PolicyError[] => {
  const shares = Object.values(types);
  const sum = shares.reduce((total, share) => total + share, 0);
  return shares.every((share) => share >= 0 && share <= 1) && Math.abs(sum - 1) < 0.01
    ? []
    : [{ pointer: '#/estimates/types', detail: 'The shares lie between 0 and 1, and together they are 1.' }];
};
