import { rectify } from '#complaint/rectification/rectify';
import { personalText } from '#fact/personal';
import { Id, Members, Text } from '../fields.ts';
import { CONDUCTORS } from '../roles.ts';
import { DatedBody } from '../shapes.ts';
import { chapter } from './command-description.ts';
import { complaintCommand } from './complaint-command.ts';

/** What was found wrong in an earlier fact. Nothing is edited. */

export class RectificationBody extends DatedBody {
  @Id({ means: 'The fact that was found wrong.' })
  readonly fact!: string;
  @Members(50, {
    means: 'The members of the fact’s data that are right, under their names.',
    example: { summary: 'Late for the second time.' },
  })
  readonly data!: Record<string, unknown>;
  @Text({ means: 'How it came out.' })
  readonly reason!: string;
}
export const Rectify = complaintCommand({
  operation: 'Ending.rectify',
  summary: 'Add what is right to an earlier fact that was found wrong. Nothing is edited.',
  body: RectificationBody,
  roles: CONDUCTORS,
  rule: rectify,
  refusals: ['unknown-issue', 'invalid-body'],
  facts: ['FactRectified'],
  tell: ({ fact, data, reason }) => ({ fact, data, reason: personalText(reason) }),
});

export const rectification = chapter('complaints', [Rectify]);
