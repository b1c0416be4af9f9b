import { Controller, Inject } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { STAFF } from '#desk/roles';
import { Desk } from '#desk/desk';
import { printedReference } from '#desk/reference';
import { normsAchieved } from '#read-models/norms/query';
import { overdue } from '#read-models/overdue/projection';
import { listOverdue } from '#read-models/overdue/query';
import { recurringComplaints } from '#read-models/recurring-complaints/projection';
import { listRecurringComplaints } from '#read-models/recurring-complaints/query';
import { DIMENSIONS, type Dimension } from '#read-models/recurring-complaints/group';
import {
  ChoiceParameter,
  CodeParameter,
  CursorParameter,
  InstantParameter,
  LimitParameter,
  PositionParameter,
  TextParameter,
  UuidParameter,
} from '../parameters.ts';
import { Reads } from './door.ts';
import { NORMS, OVERDUE, RECURRING } from './list-answers.ts';
import { behindNothing, listed, LIST_READERS, type ListReaders } from './listed.ts';
import { WindowParameter, type WindowAsked } from './door-parameters.ts';

const MIN_POSITION = 'The list must know this position; waits up to 2 s.';

/** What keeps going wrong (docs/domain.md §6): processes, never people. */
@ApiTags('prevention')
@Controller()
export class RecurringComplaintDoors {
  constructor(
    private readonly desk: Desk,
    @Inject(LIST_READERS) private readonly readers: ListReaders,
  ) {}

  @Reads(
    {
      path: 'v1/recurring-complaints',
      summary: 'Groups of two complaints or more about the same thing, the most frequent first.',
      roles: STAFF,
    },
    RECURRING,
  )
  async list(
    @WindowParameter('P90D') window: WindowAsked,
    @ChoiceParameter(
      'level',
      'How finely groups are told apart: by category alone, by category and product … by all five (absent).',
      DIMENSIONS,
    )
    level: Dimension | undefined,
    @CodeParameter('category', 'Only this category.') category: string | undefined,
    @CodeParameter('product', 'Only this product.') product: string | undefined,
    @CodeParameter('department', 'Only processes of this department.') department: string | undefined,
    @CodeParameter('process', 'Only this process.') process: string | undefined,
    @CodeParameter('touchpoint', 'Only this touchpoint.') touchpoint: string | undefined,
    @LimitParameter() limit: number,
    @CursorParameter() cursor: string | undefined,
    @PositionParameter('minPosition', MIN_POSITION) minPosition: string | undefined,
  ) {
    const { recurrence, estimates } = await this.desk.policies.newest();
    const asked = { level, category, product, department, process, touchpoint };
    const filters = JSON.parse(JSON.stringify(asked)) as Partial<Record<Dimension, string>> & { level?: Dimension };
    return listed(
      this.readers,
      recurringComplaints,
      { name: 'recurring-complaints', filters: { ...filters, window: window.text }, cursor, minPosition },
      (page) =>
        listRecurringComplaints(
          this.readers,
          {
            ...filters,
            window: window.from(this.desk.now()),
            threshold: recurrence.threshold,
            silentFactor: estimates.silentFactor,
          },
          { limit, ...page },
        ),
    );
  }
}

/** What is late, or soon will be (docs/domain.md §5). */
@ApiTags('clocks')
@Controller()
export class OverdueDoors {
  constructor(
    private readonly desk: Desk,
    @Inject(LIST_READERS) private readonly readers: ListReaders,
  ) {}

  @Reads(
    {
      path: 'v1/overdue',
      summary: 'Promises and clocks that ran out, the longest overdue first; with `by` also those that will by then.',
      roles: STAFF,
    },
    OVERDUE,
  )
  async list(
    @InstantParameter('by', 'Also what runs out by then.') by: string | undefined,
    @ChoiceParameter('kind', 'Only promises, or only clocks.', ['promise', 'clock'])
    kind: 'promise' | 'clock' | undefined,
    @UuidParameter('complaint', 'Of this complaint.') complaint: string | undefined,
    @TextParameter('handler', 'Of complaints that this person conducts.', '^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$')
    handler: string | undefined,
    @LimitParameter() limit: number,
    @CursorParameter() cursor: string | undefined,
    @PositionParameter('minPosition', MIN_POSITION) minPosition: string | undefined,
  ) {
    const filters = JSON.parse(JSON.stringify({ by, kind, complaint, handler })) as {
      by?: string;
      kind?: 'promise' | 'clock';
      complaint?: string;
      handler?: string;
    };
    const page = await listed(this.readers, overdue, { name: 'overdue', filters, cursor, minPosition }, (cursor) =>
      listOverdue(this.readers, { ...filters, now: this.desk.now() }, { limit, ...cursor }),
    );
    return { ...page, items: page.items.map((item) => ({ ...item, reference: printedReference(item.reference) })) };
  }
}

/** The published norms, and what was achieved (docs/domain.md §5). */
@ApiTags('clocks')
@Controller()
export class NormDoors {
  constructor(
    private readonly desk: Desk,
    @Inject(LIST_READERS) private readonly readers: ListReaders,
  ) {}

  @Reads(
    {
      path: 'v1/norms',
      summary: 'Each norm, the policy version that publishes it, and the share that was achieved.',
      roles: 'open',
    },
    NORMS,
  )
  async norms(@WindowParameter('P90D') asked: WindowAsked) {
    const now = this.desk.now();
    const window = asked.from(now);
    const policy = await this.desk.policies.newest();
    const { items, asOf } = await behindNothing(() => normsAchieved(this.readers, { ...window, now }));
    const achieved = new Map(items.map(({ clock, ...rest }) => [clock, rest]));
    return {
      items: Object.entries(policy.norms)
        .sort()
        .map(([name, { workingDays, calendar }]) => ({
          name,
          workingDays,
          calendar,
          version: policy.version,
          achieved: achieved.get(name) ?? { decided: 0, inTime: 0, share: null },
        })),
      window,
      asOf,
    };
  }
}
