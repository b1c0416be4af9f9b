import { at, history, type Told } from '#fact/story';
import {
  FIRST_RESPONSE_DUE,
  given,
  id,
  policy,
  receivedMigrated,
  receivedWithDue,
  reopened,
  resolved,
  thanked,
  withdrawn,
} from '../complaint.stories.ts';
import type { ComplaintEvent } from '../events.ts';
import { complaintAcknowledged } from '../intake/events.ts';
import { promiseFulfilled } from '../promises/events.ts';
import { clocksOf } from './clocks.ts';
import { clocksEvents, firstResponseMissed } from './events.ts';
import { situationOf, standingAfter, type ClockStanding } from './state.ts';
import { CLOCKS, type ClockDefinition } from './table.ts';

const promising = (from: string, due: string) =>
  complaintAcknowledged({
    channel: 'sms',
    dues: [{ clock: 'resolution', from, due, workingDays: 10, calendar: 'default', calendarVersion: 0 }],
  });
const calendarOf = (version: number, name: string) => (version === 0 ? policy.calendars[name] : undefined);

describe('the clocks of a complaint', () => {
  it('print how their dues were counted, by the calendar of their own version', () => {
    const [clock] = clocksOf(given(receivedWithDue).state!, calendarOf);
    expect(clock).toEqual({
      name: 'first-response',
      from: '2026-03-02T09:00:00.000Z',
      due: FIRST_RESPONSE_DUE,
      workingDays: 1,
      calendar: 'default',
      calendarVersion: 0,
      stopped: null,
      met: null,
      derivation: [{ day: '2026-03-02', from: '2026-03-02T09:00:00.000Z', to: FIRST_RESPONSE_DUE, counted: 'PT9H' }],
    });
    expect(clocksOf(given(receivedWithDue).state!, () => undefined)[0]!.derivation).toEqual([]);
  });

  it('stop when that took effect which they waited for', () => {
    const state = given(receivedWithDue, at('2026-03-02T09:30:00.000Z', thanked)).state!;
    expect(clocksOf(state, calendarOf).map(({ stopped, met }) => [stopped, met])).toEqual([
      ['2026-03-02T09:30:00.000Z', true],
    ]);
  });

  it('tell what came too late', () => {
    const state = given(receivedWithDue, at('2026-03-02T18:00:00.001Z', thanked)).state!;
    expect(clocksOf(state, calendarOf)[0]).toMatchObject({ met: false });
  });

  it('do not overwrite each other: each resolution stops the clock of its own conduct', () => {
    const state = given(
      receivedWithDue,
      at('2026-03-02T10:00:00.000Z', promising('2026-03-02T10:00:00.000Z', '2026-03-16T10:00:00.000Z')),
      at('2026-03-04T10:00:00.000Z', resolved),
      at('2026-03-05T10:00:00.000Z', reopened),
      at('2026-03-05T11:00:00.000Z', promising('2026-03-05T11:00:00.000Z', '2026-03-19T11:00:00.000Z')),
    ).state!;
    expect(clocksOf(state, calendarOf).map(({ name, stopped }) => [name, stopped])).toEqual([
      ['first-response', '2026-03-02T10:00:00.000Z'],
      ['resolution', '2026-03-04T10:00:00.000Z'],
      ['resolution', null],
    ]);
  });

  it('stop at the resolution of their conduct, also when it was given before it was announced', () => {
    const state = given(
      receivedWithDue,
      at('2026-03-02T10:00:00.000Z', promising('2026-03-02T10:00:00.000Z', '2026-03-16T10:00:00.000Z')),
      at('2026-03-02T09:30:00.000Z', resolved),
    ).state!;
    expect(clocksOf(state, calendarOf)[1]).toMatchObject({ stopped: '2026-03-02T09:30:00.000Z', met: true });
  });

  it('that a withdrawal stopped do not run on after a reopening, whatever is said later', () => {
    const promised = promising('2026-03-02T10:00:00.000Z', '2026-03-16T10:00:00.000Z');
    const state = given(
      at('2026-03-02T09:00:00.000Z', receivedWithDue),
      at('2026-03-02T12:00:00.000Z', withdrawn),
      at('2026-03-10T10:00:00.000Z', reopened),
      at('2026-03-10T11:00:00.000Z', promised),
      at('2026-03-11T10:00:00.000Z', thanked),
    ).state!;
    expect(clocksOf(state, calendarOf).map(({ name, stopped }) => [name, stopped])).toEqual([
      ['first-response', '2026-03-02T12:00:00.000Z'],
      ['resolution', null],
    ]);
  });

  it('stop at a withdrawal, and are none on a migrated complaint', () => {
    const promised = promising('2026-03-02T10:00:00.000Z', '2026-03-16T10:00:00.000Z');
    const state = given(receivedWithDue, promised, at('2026-03-03T10:00:00.000Z', withdrawn)).state!;
    expect(clocksOf(state, calendarOf)[1]!.stopped).toBe('2026-03-03T10:00:00.000Z');
    expect(clocksOf(given(receivedMigrated).state!, calendarOf)).toEqual([]);
  });
});

describe('how a clock stands', () => {
  const standing = (...facts: Told<ComplaintEvent>[]) =>
    given(receivedWithDue, ...facts).state!.clocks.map(situationOf);
  const missed = at(FIRST_RESPONSE_DUE, firstResponseMissed({ due: FIRST_RESPONSE_DUE }));
  const late = '2026-03-02T18:00:00.001Z';

  it('tells apart what runs, was met, was missed and was cancelled', () => {
    expect(standing()).toEqual(['running']);
    expect(standing(at(FIRST_RESPONSE_DUE, thanked))).toEqual(['met']);
    expect(standing(at(late, thanked))).toEqual(['missed']);
    expect(standing(missed)).toEqual(['missed']);
    expect(standing(at(FIRST_RESPONSE_DUE, withdrawn))).toEqual(['cancelled']);
    expect(standing(at(late, withdrawn))).toEqual(['missed']);
  });

  it('is met after all when that took effect in time which is recorded behind the mark; the mark stands', () => {
    const { clocks } = given(receivedWithDue, missed, at(FIRST_RESPONSE_DUE, thanked)).state!;
    expect(clocks).toMatchObject([{ missed: FIRST_RESPONSE_DUE, end: { as: 'met', at: FIRST_RESPONSE_DUE } }]);
    expect(clocks.map(situationOf)).toEqual(['met']);
  });

  it('shows a withdrawal in time as it always did', () =>
    expect(clocksOf(given(receivedWithDue, at(FIRST_RESPONSE_DUE, withdrawn)).state!, calendarOf)[0]).toMatchObject({
      stopped: FIRST_RESPONSE_DUE,
      met: true,
    }));
});

describe('the table of clocks', () => {
  it('knows every fact of its chapter', () => {
    const notes = CLOCKS.flatMap(({ onMiss }) => (onMiss ? [onMiss.missed.type, onMiss.foundTimely.type] : []));
    expect([...notes].sort()).toEqual(clocksEvents.map(({ type }) => type).sort());
  });

  it('bears a clock for each of the norms that a policy sets', () =>
    expect(CLOCKS.map(({ norm }) => norm).sort()).toEqual(Object.keys(policy.norms).sort()));

  describe('bears clocks of other kinds', () => {
    const due = FIRST_RESPONSE_DUE;
    const running = (clock: string, of: string): ClockStanding => ({
      clock,
      due,
      of,
      end: null,
      missed: null,
      foundTimely: false,
    });
    const [ordinary] = CLOCKS;
    const after = (table: readonly ClockDefinition[], clocks: readonly ClockStanding[], ...events: ComplaintEvent[]) =>
      history<ComplaintEvent>('complaint', events)
        .reduce((older, fact) => older.map((clock) => standingAfter(clock, fact, table)), clocks)
        .map(({ of, end }) => [of, end?.as]);

    it('one for each part: what happens to a part changes its own alone', () => {
      const table = [
        { ...ordinary, name: 'promise', of: 'promise', metBy: { PromiseFulfilled: true }, cancelledBy: {} },
      ] as const;
      const clocks = [running('promise', id(1)), running('promise', id(2))];
      expect(after(table, clocks, promiseFulfilled({ promise: id(2) }))).toEqual([
        [id(1), undefined],
        [id(2), 'met'],
      ]);
    });

    it('one that begins again when the conduct does: the first one met stays met', () => {
      const first = standingAfter(running('first-response', 'receipt'), history('complaint', [thanked])[0]!);
      expect(after(CLOCKS, [first, running('first-response', 'reopening')], withdrawn)).toEqual([
        ['receipt', 'met'],
        ['reopening', 'cancelled'],
      ]);
    });
  });
});
