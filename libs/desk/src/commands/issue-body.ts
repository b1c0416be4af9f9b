import type { ToldIssue } from '#complaint/intake/receive';
import { SEVERITIES, type Severity } from '#policy/vocabulary';
import { Choice, Code, Duration, Flag, Inside } from '../fields.ts';
import { MoneyBody, present, ProcessBody } from '../shapes.ts';

/** One thing that went wrong, as an intake or an issue found later tells it (docs/domain.md §1, §2). */
export class IssueBody {
  @Code({ means: 'What kind of thing went wrong.', example: 'delivery-late' })
  readonly category!: string;
  @Choice(SEVERITIES, { optional: true, means: 'Absent: not known; it weighs as the policy says.' })
  readonly severity?: Severity;
  @Code({ optional: true, means: 'Absent: the product of the purchase.', example: 'sofa' })
  readonly product?: string;
  @Code({ optional: true, means: 'Where the customer met it.', example: 'delivery' })
  readonly touchpoint?: string;
  @Inside(() => ProcessBody, { optional: true, means: 'What failed, as far as known.' })
  readonly process?: ProcessBody;
  @Inside(() => MoneyBody, { optional: true, means: 'What the customer claims.' })
  readonly claimed?: MoneyBody;
  @Duration({ optional: true, means: 'How long the customer has waited.' })
  readonly waited?: string;
  @Flag({ optional: true, means: 'The same fault again.' })
  readonly repeat?: boolean;
}

/** The issue as the rules take it; it is about the product that was bought, unless it says another. */
export const issueOf = (body: IssueBody, id: string, bought: string | undefined): ToldIssue => {
  const { category, severity, product = bought, touchpoint, process, claimed, waited, repeat } = body;
  return {
    id,
    category,
    ...present({ severity, product, touchpoint, waited, repeat }),
    ...(process && { process: present({ ...process }) }),
    ...(claimed && { claimed: { ...claimed } }),
  };
};
