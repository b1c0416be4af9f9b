import { refused } from '#fact/decision';
import type { Personal } from '#fact/personal';
import type { Policy } from '#policy/policy';
import type { RefusalCode } from '../refusals.ts';
import { ruleOverridden } from './events.ts';

/** A person's wish to set a rule aside (docs/domain.md §3). */
export interface Override {
  readonly reason: Personal;
}

/**
 * What stands in the way of a command that a rule forbids: the refusal, or, where policy lets the rule be set aside
 * and a reason was given, the fact that must stand before the command's own.
 */
export const overridden = <Rule extends RefusalCode>(rule: Rule, override: Override | undefined, policy: Policy) => {
  if (!override) return { refusal: refused(rule) };
  if (!policy.conduct.overridable.includes(rule))
    return { refusal: refused('override-needs-reason', `The policy does not let anybody set \`${rule}\` aside.`) };
  return { fact: ruleOverridden({ rule, reason: override.reason }) };
};
