import type { ComplaintFact } from '#complaint/events';
import { EVALUATE_RECURRENCE } from '#desk/causes';
import { EvaluateRecurrence } from '#desk/system/evaluate-recurrence';
import { groupKey, type Group } from '#recurrence/group';
import type { Timer } from '#timers/timer';
import { evidenceThrough } from '../evidence.ts';
import type { Counted } from '../recurrence-state.ts';
import type { Reaction } from './reaction.ts';

/** NOTE: stored. */
interface Told {
  readonly group: Group;
  /** The fact's number in the group. */
  readonly through: number;
  readonly policyVersion: number;
}

/** Set by the facts that count in a group or no longer do (counting.ts), so it answers no kind of fact by itself. */
export const evaluateRecurrence: Reaction<never, Told> = {
  process: 'evaluate-recurrence',
  timers: () => [],
  send: async ({ told: { group, through, policyVersion }, causedByFact }, { pool, bus, policies }) => {
    // Under the policy of the complaint's fact: woken late, or asked again, it is the same evaluation.
    const { window } = (await policies.version(policyVersion)).recurrence;
    const { count, complaints: evidence } = await evidenceThrough(pool, groupKey(group), through, window);
    const evaluation = { group, count, evidence, through };
    return bus.execute(new EvaluateRecurrence(evaluation, causedByFact(EVALUATE_RECURRENCE), policyVersion));
  },
};

/** The evaluation of a group that a fact asks for; `through` is the fact's number in the group. */
export const evaluationOf = (fact: ComplaintFact, { group }: Counted, through: number): Timer => ({
  process: evaluateRecurrence.process,
  key: fact.id,
  generation: groupKey(group),
  due: 'at-once',
  orderingKey: `recurrence:${groupKey(group)}`,
  payload: {
    fact: fact.id,
    correlation: fact.correlationId,
    group: { ...group },
    through,
    policyVersion: fact.policyVersion,
  },
});
