import { nothing, recorded, refused } from '#fact/decision';
import type { Role } from '#fact/fact';
import type { Personal } from '#fact/personal';
import { stepWithOwnOrder } from '#fact/step';
import type { Policy } from '#policy/policy';
import type { ApologyForm } from '#policy/vocabulary';
import type { Complaint } from '../complaint.ts';
import { doneInThisConduct } from '../ending/conduct.ts';
import { ended } from '../ending/ended.ts';
import { apologyGiven } from './events.ts';
import { overridden, type Override } from './override.ts';
import type { Apology } from './state.ts';

export interface Apologise {
  /** The role of who apologises. */
  readonly level: Role;
  readonly form: ApologyForm;
  readonly words: Personal;
  readonly override?: Override;
}

const can = (complaint: Complaint) =>
  ended(complaint) ?? (complaint.thanked ? undefined : refused('apology-before-thanks'));

/** docs/domain.md §3.3: an apology, and only after the thanks. Once per level and form in a conduct. */
export const apologise = stepWithOwnOrder({
  step: 'apologies',
  can,
  rule: (command: Apologise, complaint: Complaint, policy: Policy) => {
    const end = ended(complaint);
    if (end) return end;
    const same = (given: Apology) => given.level === command.level && given.form === command.form;
    if (complaint.apologies.some((given) => same(given) && doneInThisConduct(complaint, given))) return nothing;
    const apology = apologyGiven({ level: command.level, form: command.form, words: command.words });
    const hindrance = can(complaint);
    if (!hindrance) return recorded(apology);
    const rule = overridden(hindrance.refusal.code, command.override, policy);
    return rule.refusal ?? recorded(rule.fact, apology);
  },
});
