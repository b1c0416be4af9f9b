import { nothing, recorded } from '#fact/decision';
import type { Personal } from '#fact/personal';
import type { Policy } from '#policy/policy';
import type { Complaint } from '../complaint.ts';
import { ended } from '../ending/ended.ts';
import { partStep } from '../part-step.ts';
import { unknownCodes, wrongCategory } from '../policy-codes.ts';
import { unknownPart } from '../unknown-part.ts';
import type { Issue } from '../vocabulary.ts';
import { issueReclassified } from './events.ts';

/** What is said anew of an issue; what stays away stays as it is. */
export interface Reclassify extends Partial<
  Pick<Issue, 'category' | 'severity' | 'product' | 'touchpoint' | 'process'>
> {
  readonly issue: string;
  readonly reason: Personal;
}

const ASPECTS = ['category', 'severity', 'product', 'touchpoint', 'process'] as const;

/** docs/domain.md §1: classifying anew is a fact, and nothing is lost. What changes nothing is none. */
export const reclassify = partStep({
  step: 'reclassifications',
  of: 'issue',
  can: (complaint: Complaint) => ended(complaint),
  decide: (command: Reclassify, _complaint, policy: Policy, issue) => {
    const wrong = unknownCodes(...wrongCategory(command.category, policy));
    if (wrong) return wrong;
    if (!issue) return unknownPart('issue', '#/issue');
    const changes = ASPECTS.filter((aspect) => command[aspect] !== undefined && !same(command[aspect], issue[aspect]));
    if (changes.length === 0) return nothing;
    return recorded(
      issueReclassified({
        issue: issue.id,
        ...Object.fromEntries(changes.map((aspect) => [aspect, command[aspect]])),
        reason: command.reason,
      }),
    );
  },
});

type Aspect = Issue[(typeof ASPECTS)[number]];

const same = (one: Aspect, other: Aspect): boolean =>
  typeof one === 'object' && typeof other === 'object'
    ? one.department === other.department && one.process === other.process && one.step === other.step
    : one === other;
