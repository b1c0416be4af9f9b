import type { CommandBus } from '@nestjs/cqrs';
import type { Pool } from 'pg';
import type { ComplaintFact } from '#complaint/events';
import type { Cause } from '#desk/causes';
import type { PolicyInForce } from '#desk/policy-in-force';
import type { Settlement } from '#desk/system/settlement';
import type { FollowLog } from '#ledger/follow/follower';
import { TryAgain } from '#ledger/follow/failure';
import { EFFECT_IN_FUTURE } from '#ledger/stream/transact';
import { derivedId } from '#privacy/secrets';
import type { Clock } from '#time/clock';
import type { DueTimer } from '#timers/claim';
import type { Timer } from '#timers/timer';
import type { KnownComplaint } from '../recurrence-state.ts';

/**
 * One reaction, whole: which timers a fact sets, and what a due one sends to the desk, from which cause. Each command's id
 * follows from its cause, so that a second firing meets what the first one recorded; and no timer is ever cancelled, for
 * the rule looks again whether there is still something to do.
 */
export interface Reaction<Fact, Told extends object = object> {
  /** What its timers do. NOTE: stored, and part of their ids. */
  readonly process: string;
  readonly timers: (fact: Fact, complaint: KnownComplaint) => readonly OwnTimer<Told>[];
  readonly send: (timer: Sent<Told>, parts: FiringParts) => Promise<Settlement>;
}

/** A timer as its reaction sets it: the process, the complaint and the cause are added to it. */
export interface OwnTimer<Told extends object> extends Omit<Timer, 'process' | 'payload'> {
  /** What is told besides: codes, ids and instants only. NOTE: stored. */
  readonly told: Told;
}

/** A timer that came due. */
export interface Sent<Told extends object> {
  readonly complaint: string;
  /** The fact that set it. */
  readonly fact: string;
  readonly told: Told;
  /** NOTE: for ever. Why a command is sent, by the rule's name: from the timer, or from the fact. */
  readonly causedByTimer: (rule: string) => Cause;
  readonly causedByFact: (rule: string) => Cause;
}

export interface FiringParts {
  readonly pool: Pool;
  readonly bus: Pick<CommandBus, 'execute'>;
  readonly policies: PolicyInForce;
  readonly clock: Clock;
  readonly log: FollowLog;
}

/** What a timer carries: enough for its command, codes and ids only. NOTE: stored. */
interface Payload {
  readonly fact: string;
  readonly correlation: string;
  readonly complaint?: string;
  /** What must have passed before the rule can see anything. */
  readonly due?: string;
}

/** The timers that a fact sets by a reaction. */
export const timersOf = <Fact extends ComplaintFact, Told extends object>(
  { process, timers }: Reaction<Fact, Told>,
  fact: Fact,
  complaint: KnownComplaint,
): readonly Timer[] =>
  timers(fact, complaint).map(({ told, ...timer }) => ({
    process,
    ...timer,
    payload: { fact: fact.id, correlation: fact.correlationId, complaint: complaint.id, ...told },
  }));

/** Does what a due timer of a reaction asks for, and answers what came of it, as a code. */
export const fire = async <Told extends object>(
  { send }: Reaction<never, Told>,
  timer: DueTimer,
  parts: FiringParts,
): Promise<string> => {
  const told = timer.payload as unknown as Payload & Told;
  const causedBy = (from: string, rule: string): Cause => ({
    commandId: derivedId(from, rule),
    causationId: told.fact,
    correlationId: told.correlation,
  });
  const settlement = await send(
    {
      complaint: told.complaint!,
      fact: told.fact,
      told,
      causedByTimer: (rule) => causedBy(timer.id, rule),
      causedByFact: (rule) => causedBy(told.fact, rule),
    },
    parts,
  );
  return outcomeOf(parts, timer, settlement, told.due);
};

const outcomeOf = ({ clock, log }: FiringParts, timer: DueTimer, settlement: Settlement, due?: string): string => {
  if (settlement.kind !== 'refused') {
    // A rule that was asked too early says nothing, and a timer fires no second time.
    if (settlement.kind === 'nothing' && due !== undefined && clock().toISOString() <= due)
      throw new TryAgain('the clock is behind the one that the timer fired by');
    return settlement.kind;
  }
  const { code } = settlement.refusal;
  // That passes; every other refusal is final.
  if (code === EFFECT_IN_FUTURE) throw new TryAgain('the clock is behind the one that the facts were recorded by');
  log.warn({ timer: timer.id, process: timer.process, refusal: code }, 'the desk refused what a timer asked for');
  return code;
};

/** The first moment at which a due has passed: what is done in its last millisecond is in time. Not before the receipt. */
export const behind = (due: string, receivedAt: string): string =>
  new Date(Math.min(Math.max(Date.parse(due), Date.parse(receivedAt)) + 1, LAST)).toISOString();

const LAST = Date.parse('9999-12-31T23:59:59.999Z');

/** The calls of a complaint open and end in the order of its facts. */
export const callsOf = (complaint: string): string => `calls:${complaint}`;
