import type { ComplaintFact, ComplaintFactOf } from '../events.ts';
import type { Due } from '../vocabulary.ts';
import { CLOCKS, isOccasion, type ClockDefinition } from './table.ts';

/** As much of a clock as facts change. */
export interface ClockStanding {
  /** Its name in the table. */
  readonly clock: string;
  readonly due: string;
  /** The part that it runs for; of a clock of the whole complaint, the fact that set it. */
  readonly of: string;
  /** Since when it runs no more, and why; null while it does. */
  readonly end: { readonly as: 'met' | 'cancelled'; readonly at: string } | null;
  /** When the mark took effect that it ran out, if there is one. It stands, whatever comes to light. */
  readonly missed: string | null;
  /** Whether it was found, behind the mark, that it was met in time. */
  readonly foundTimely: boolean;
}

/** A time limit that a fact set, and how it stands. */
export type Clock = Due & ClockStanding;

/** The time limits that the facts set, oldest first. None overwrites another. */
export interface ClocksState {
  readonly clocks: readonly Clock[];
}

/** A clock that a fact has just set. */
export const started = (due: Due, fact: { readonly id: string }): Clock => ({
  ...due,
  of: fact.id,
  end: null,
  missed: null,
  foundTimely: false,
});

export const clocksAt = (receipt: ComplaintFactOf<'ComplaintReceived'>): ClocksState => ({
  clocks: receipt.data.dues.map((due) => started(due, receipt)),
});

/** How a clock stands after a fact of any chapter, in the order of record; the same object when nothing changed. */
export const standingAfter = <Standing extends ClockStanding>(
  clock: Standing,
  fact: ComplaintFact,
  table: readonly ClockDefinition[] = CLOCKS,
): Standing => {
  const definition = table.find(({ name }) => name === clock.clock);
  const change = definition && isAbout(clock, definition, fact) && changeBy(fact, clock, definition);
  return change ? { ...clock, ...change } : clock;
};

/** Clocks after a fact: those that it changed, and those that it set. */
export const clocksAfter = (clocks: readonly Clock[], fact: ComplaintFact): readonly Clock[] => {
  const set = 'dues' in fact.data ? fact.data.dues.map((due) => started(due, fact)) : [];
  return [...clocks.map((clock) => standingAfter(clock, fact)), ...set];
};

/** A clock that runs for a part is changed only by what happens to that part. */
const isAbout = ({ of }: ClockStanding, definition: ClockDefinition, { data }: ComplaintFact): boolean => {
  const part = definition.of === undefined ? undefined : (data as Readonly<Record<string, unknown>>)[definition.of];
  return part === undefined || part === of;
};

const changeBy = (
  fact: ComplaintFact,
  { due, end }: ClockStanding,
  { metBy, counts, cancelledBy, onMiss }: ClockDefinition,
): Partial<ClockStanding> | undefined => {
  const at = fact.effectiveAt;
  if (isOccasion(metBy, fact) && (end === null || (counts === 'earliest' && at < end.at)))
    return { end: { as: 'met', at } };
  if (isOccasion(cancelledBy, fact) && end === null) return { end: { as: 'cancelled', at } };
  // A mark names its due: of several clocks of one name it is about that one.
  if (!onMiss || !('due' in fact.data) || fact.data.due !== due) return undefined;
  if (fact.type === onMiss.missed.type) return { missed: at };
  return fact.type === onMiss.foundTimely.type ? { foundTimely: true } : undefined;
};

/** What became of a clock. */
export type Situation = 'running' | 'met' | 'missed' | 'cancelled';

export const situationOf = ({ due, end, missed }: Pick<ClockStanding, 'due' | 'end' | 'missed'>): Situation => {
  if (end === null) return missed === null ? 'running' : 'missed';
  return end.at > due ? 'missed' : end.as;
};
