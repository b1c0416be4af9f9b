import type { CommandBus } from '@nestjs/cqrs';
import type { Pool } from 'pg';
import { BREAK_PROMISE, EVALUATE_RECURRENCE, MISS_FIRST_RESPONSE, type Cause } from '#desk/causes';
import type { PolicyInForce } from '#desk/policy-in-force';
import { OpenFollowUp, SupersedeFollowUp } from '#desk/system/conduct-calls';
import { EvaluateRecurrence } from '#desk/system/evaluate-recurrence';
import { BreakPromise, MissFirstResponse } from '#desk/system/mark-missed';
import type { Settlement } from '#desk/system/settlement';
import type { FollowLog } from '#ledger/follow/follower';
import { TryAgain } from '#ledger/follow/failure';
import { derivedId } from '#privacy/secrets';
import { groupKey, type Group } from '#recurrence/group';
import type { DueTimer } from '#timers/claim';
import type { Clock } from '#time/clock';
import { evidenceThrough } from './evidence.ts';
import type { OurProcess } from './reactions.ts';

export interface FiringParts {
  readonly pool: Pool;
  readonly bus: Pick<CommandBus, 'execute'>;
  readonly policies: PolicyInForce;
  readonly clock: Clock;
  readonly log: FollowLog;
}

/**
 * What our due timers send. Each command's id follows from its cause, so that a second firing meets what the first one
 * recorded; and no timer is ever cancelled, for the rule looks again whether there is still something to do.
 */
export const firing = (parts: FiringParts): Readonly<Record<OurProcess, (timer: DueTimer) => Promise<string>>> => {
  const { pool, bus, policies } = parts;
  return {
    'open-follow-up': async (timer) => {
      const { fact, complaint } = payloadOf(timer);
      return outcomeOf(parts, timer, await bus.execute(new OpenFollowUp(complaint, fact)));
    },
    'supersede-follow-up': async (timer) => {
      const { fact, complaint } = payloadOf(timer);
      return outcomeOf(parts, timer, await bus.execute(new SupersedeFollowUp(complaint, fact)));
    },
    'break-promise': async (timer) => {
      const { complaint, promise, due } = payloadOf<{ promise: string; due: string }>(timer);
      const command = new BreakPromise(complaint, promise, causeOf(timer, timer.id, BREAK_PROMISE));
      return outcomeOf(parts, timer, await bus.execute(command), due);
    },
    'miss-first-response': async (timer) => {
      const { complaint, due } = payloadOf<{ due: string }>(timer);
      const command = new MissFirstResponse(complaint, causeOf(timer, timer.id, MISS_FIRST_RESPONSE));
      return outcomeOf(parts, timer, await bus.execute(command), due);
    },
    'evaluate-recurrence': async (timer) => {
      const { fact, group, through, policyVersion } = payloadOf<Evaluated>(timer);
      // Under the policy of the complaint's fact: woken late, or asked again, it is the same evaluation.
      const { window } = (await policies.version(policyVersion)).recurrence;
      const { count, complaints: evidence } = await evidenceThrough(pool, groupKey(group), through, window);
      const evaluation = { group, count, evidence, through };
      const command = new EvaluateRecurrence(evaluation, causeOf(timer, fact, EVALUATE_RECURRENCE), policyVersion);
      return outcomeOf(parts, timer, await bus.execute(command));
    },
  };
};

/** NOTE: stored (reactions.ts writes it). */
interface Payload {
  readonly fact: string;
  readonly correlation: string;
  readonly complaint: string;
}
type Evaluated = { readonly group: Group; readonly through: number; readonly policyVersion: number };

const payloadOf = <More extends object>({ payload }: DueTimer): Payload & More => payload as unknown as Payload & More;

/** NOTE: for ever. `from`: the fact's or the timer's id. */
const causeOf = (timer: DueTimer, from: string, rule: string): Cause => {
  const { fact, correlation } = payloadOf(timer);
  return { commandId: derivedId(from, rule), causationId: fact, correlationId: correlation };
};

/** What came of a command, as a code. `due`: what must have passed before the rule can see anything. */
const outcomeOf = ({ clock, log }: FiringParts, timer: DueTimer, settlement: Settlement, due?: string): string => {
  if (settlement.kind !== 'refused') {
    // A rule that was asked too early says nothing, and a timer fires no second time.
    if (settlement.kind === 'nothing' && due !== undefined && clock().toISOString() <= due)
      throw new TryAgain('the clock went back');
    return settlement.kind;
  }
  const { code } = settlement.refusal;
  // Nobody wrote a body here. It is the ledger that found the effect in the future: that passes, and the rest is final.
  if (code === 'invalid-body') throw new TryAgain('the clock went back');
  log.warn({ timer: timer.id, process: timer.process, refusal: code }, 'the desk refused what a timer asked for');
  return code;
};
