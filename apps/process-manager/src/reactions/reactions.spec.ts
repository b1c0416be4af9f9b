import { promiseMade } from '#complaint/promises/events';
import { complaintResolved } from '#complaint/ending/events';
import { complaintReceived } from '#complaint/intake/events';
import type { ComplaintEvent } from '#complaint/events';
import { personalText } from '#fact/personal';
import { factId, history } from '#fact/story';
import { knownAfter } from '../recurrence-state.ts';
import { reactionsTo } from './all.ts';

const id = factId(1);
const words = personalText('…');
const RECEIVED = '2026-03-02T09:00:00.000Z';
const DUE = '2026-03-03T09:00:00.000Z';

const received = (migrated: boolean) =>
  complaintReceived({
    reference: 'R7K4M29',
    channel: 'phone',
    words,
    desiredOutcomes: [],
    confidentiality: 'open',
    customer: { id },
    issues: [{ id, category: 'late', presumed: 'minor' }],
    origin: { system: 'cfpb', migrated },
    dues: [
      { clock: 'first-response', from: RECEIVED, due: DUE, workingDays: 1, calendar: 'default', calendarVersion: 0 },
    ],
  });
const promised = (due: string) => promiseMade({ promise: id, what: 'update', due });

/** What timers a complaint's facts set, and for when. */
const timersOf = (migrated: boolean, ...events: readonly ComplaintEvent[]) => {
  const facts = history<ComplaintEvent>(`complaint-${id}`, [received(migrated), ...events]);
  const known = knownAfter(undefined, facts[0]!);
  return facts.flatMap((fact) => reactionsTo(fact, known)).map(({ process, due }) => [process, due]);
};

describe('the timers that a complaint sets', () => {
  it('are due behind the last moment that is in time, and never before the receipt', () =>
    expect(timersOf(false, promised(DUE), promised('2020-01-01T00:00:00.000Z'))).toEqual([
      ['miss-first-response', '2026-03-03T09:00:00.001Z'],
      ['break-promise', '2026-03-03T09:00:00.001Z'],
      ['break-promise', '2026-03-02T09:00:00.001Z'],
    ]));

  it('open the call of a resolution at once', () =>
    expect(timersOf(false, complaintResolved({ text: words })).at(-1)).toEqual(['open-follow-up', 'at-once']));

  it('are none on a migrated complaint: no norm, no promise and no call', () =>
    expect(timersOf(true, promised(DUE), complaintResolved({ text: words }))).toEqual([]));
});
