import { Type } from '@sinclair/typebox';
import { streamOf } from '#fact/stream-kind';
import { nullable } from '../answer-schemas.ts';
import { notFound } from '../answering.ts';
import { STAFF } from '../roles.ts';
import { InvalidCursor, readCursor, writeCursor } from './cursor.ts';
import { DESK_READS } from './desk-reads.ts';
import { HISTORY_ITEM, historyItemOf } from './history-item.ts';
import { historyPage } from './history-page.ts';
import { byCursor, byPoint, limitTo } from './parameters.ts';
import { defineQuery } from './query.ts';

/** A page holds at most so many facts. */
const HISTORY_LIMIT = 1000;

/** The facts of a complaint in order: those after `from`, up to and including `to` — what came between two points. */
export const readHistory = defineQuery({
  operation: 'Reading.history',
  tag: 'complaints',
  path: 'v1/complaints/:complaint/history',
  summary: 'Every fact of a complaint in order; with `from` and `to` what came between two points.',
  roles: STAFF,
  parameters: {
    from: byPoint('Facts after this revision, or recorded after this instant.'),
    to: byPoint('Facts up to this revision, or recorded by this instant.'),
    limit: limitTo(HISTORY_LIMIT, HISTORY_LIMIT),
    cursor: byCursor(),
  },
  answer: Type.Object({ facts: Type.Array(HISTORY_ITEM), next: nullable(Type.String()) }),
  from: DESK_READS,
  select: async ({ complaints, desk }, { complaint, from, to, limit, cursor }) => {
    const filters = { complaint, from, to };
    const after = readCursor('history', filters, cursor);
    if (after !== undefined && !isRevision(after)) throw new InvalidCursor('it holds no revision');
    const found = await complaints.find(complaint);
    if ('refusal' in found) return found;
    const page = await historyPage(desk.parts.store, streamOf('complaint', found.id), { from, to, after }, limit);
    if (!page) return notFound;
    const { facts, more, newest } = page;
    return {
      kind: 'found',
      value: {
        facts: facts.map(historyItemOf),
        next: more ? writeCursor('history', filters, facts.at(-1)!.revision) : null,
      },
      revision: newest,
    };
  },
});

const isRevision = (place: unknown): place is number => Number.isSafeInteger(place) && Number(place) >= 0;
