import { at } from '#fact/story';
import {
  FIRST_RESPONSE_DUE,
  given,
  policy,
  receivedMigrated,
  receivedWithDue,
  reopened,
  resolved,
  thanked,
  withdrawn,
} from '../complaint.stories.ts';
import { complaintAcknowledged } from '../intake/events.ts';
import { clocksOf } from './clocks.ts';

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
