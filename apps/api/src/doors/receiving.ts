import { Controller, Inject, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { STAFF } from '#desk/roles';
import type { FastifyReply } from 'fastify';
import { printedReference } from '#desk/reference';
import { complaints } from '#read-models/complaints/projection';
import { searchComplaints, type ComplaintFilters } from '#read-models/complaints/query';
import { COMPLAINT_STATES, type ComplaintState } from '#read-models/complaints/table';
import { requestContextOf } from '../request-context.ts';
import {
  ChoiceParameter,
  CodeParameter,
  CursorParameter,
  InstantParameter,
  LimitParameter,
  PositionParameter,
  TextParameter,
} from '../parameters.ts';
import { Reads } from './door.ts';
import { COMPLAINTS } from './list-answers.ts';
import { listed, LIST_READERS, type ListReaders } from './listed.ts';
import { ReferenceParameter } from './door-parameters.ts';

/** The search. */
@ApiTags('complaints')
@Controller()
export class ReceivingDoors {
  constructor(@Inject(LIST_READERS) private readonly readers: ListReaders) {}

  @Reads({ path: 'v1/complaints', summary: 'Search complaints, the newest received first.', roles: STAFF }, COMPLAINTS)
  async search(
    @ReferenceParameter() reference: string | undefined,
    @TextParameter('customer', 'The customer’s reference, or the subject’s id.', '^[A-Za-z0-9._-]{1,64}$')
    customer: string | undefined,
    @TextParameter('order', 'The order of the purchase.', '^[A-Za-z0-9._-]{1,64}$') order: string | undefined,
    @CodeParameter('category', 'Of one of the issues, as classified now.') category: string | undefined,
    @TextParameter('handler', 'Who conducts it.', '^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$') handler: string | undefined,
    @ChoiceParameter('state', 'Where the conduct stands.', COMPLAINT_STATES) state: ComplaintState | undefined,
    @CodeParameter('channel', 'Through which it came.') channel: string | undefined,
    @InstantParameter('receivedFrom', 'Received then or later.') receivedFrom: string | undefined,
    @InstantParameter('receivedTo', 'Received before then.') receivedTo: string | undefined,
    @LimitParameter() limit: number,
    @CursorParameter() cursor: string | undefined,
    @PositionParameter('minPosition', 'The list must know this position; waits up to 2 s.')
    minPosition: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const filters: ComplaintFilters = JSON.parse(
      JSON.stringify({ reference, customer, order, category, handler, state, channel, receivedFrom, receivedTo }),
    ) as ComplaintFilters;
    const page = await listed(
      this.readers,
      complaints,
      { name: 'complaints', filters, cursor, minPosition },
      (cursor) => searchComplaints(this.readers, filters, { limit, ...cursor }),
    );
    const items = await requestContextOf(reply).vault.open(page.items);
    return { ...page, items: items.map((item) => ({ ...item, reference: printedReference(item.reference) })) };
  }
}
