import type { Policy } from '#policy/policy';
import type { ChapterEvent, ComplaintEvent, ComplaintFactOf } from '../events.ts';
import { firstResponseFoundTimely, firstResponseMissed } from './events.ts';

/** Kinds of facts; where not each of a kind counts, which ones. */
export type Occasions = {
  readonly [Type in ComplaintEvent['type']]?: true | ((data: ComplaintFactOf<Type>['data']) => boolean);
};

/** Makes a note about a clock: a fact of this chapter. */
interface Note<About> {
  (about: About): ChapterEvent<'clocks'>;
  readonly type: ChapterEvent<'clocks'>['type'];
}

const timelyResponse = ({ due, doneAt }: { readonly due: string; readonly doneAt: string }) =>
  firstResponseFoundTimely({ due, respondedAt: doneAt });

/** A time limit of the conduct (docs/domain.md §5; docs/formats.md, Time). */
export interface ClockDefinition {
  readonly name: string;
  /** The norm of the policy that says how long it runs. */
  readonly norm: keyof Policy['norms'];
  /** What sets it; the fact stores its due, and stored dues stand for ever. */
  readonly startsOn: Occasions;
  /** What it waits for. */
  readonly metBy: Occasions;
  /** Which of several counts: the one that took effect first, or the one that was recorded first while it ran. */
  readonly counts: 'earliest' | 'first-recorded';
  /** What makes nobody wait any more. */
  readonly cancelledBy: Occasions;
  /** Nothing pauses a clock yet: what will has to say how its due moves. */
  readonly pausedBy: Readonly<Record<string, never>>;
  /** The member of its facts that names the part it runs for, where it runs for each of them on its own. */
  readonly of?: string;
  /** What is noted when it runs out; null: nothing is, and nobody watches it. */
  readonly onMiss: {
    /** The timer that watches it, and the rule that command ids are derived by. NOTE: stored, in ids for ever. */
    readonly process: string;
    readonly missed: Note<{ readonly due: string }>;
    /** What was recorded late turned out to have been done in time: the mark stands, and this beside it. */
    readonly foundTimely: Note<{ readonly due: string; readonly doneAt: string }>;
  } | null;
}

/** The clocks of a complaint. The fold, the lists, the timers and the next steps read this and nothing else. */
export const CLOCKS = [
  {
    name: 'first-response',
    norm: 'first-response',
    startsOn: { ComplaintReceived: true },
    metBy: {
      ComplaintAcknowledged: true,
      CustomerThanked: true,
      MessageRecorded: ({ direction }) => direction === 'out',
    },
    counts: 'earliest',
    cancelledBy: { ComplaintWithdrawn: true },
    pausedBy: {},
    onMiss: {
      process: 'miss-first-response',
      missed: firstResponseMissed,
      foundTimely: Object.assign(timelyResponse, { type: firstResponseFoundTimely.type }),
    },
  },
  {
    name: 'resolution',
    norm: 'resolution',
    startsOn: { ComplaintAcknowledged: true },
    metBy: { ComplaintResolved: true },
    counts: 'first-recorded',
    cancelledBy: { ComplaintWithdrawn: true },
    pausedBy: {},
    onMiss: null,
  },
] as const satisfies readonly ClockDefinition[];

export type ClockName = (typeof CLOCKS)[number]['name'];

/** Whether a fact is one of these occasions. */
export const isOccasion = (
  occasions: Occasions,
  { type, data }: { readonly type: ComplaintEvent['type']; readonly data: unknown },
): boolean => {
  const which = occasions[type] as true | ((data: unknown) => boolean) | undefined;
  return which === true || (which !== undefined && which(data));
};
