import { Query, QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import { complaintStreams } from '#complaint/complaint-streams';
import type { Fact } from '#fact/fact';
import { streamOf } from '#fact/stream-kind';
import { codecOf, readFacts } from '#ledger/stream/transact';
import { notFound } from '../answering.ts';
import { ComplaintDesk } from '../complaint-desk.ts';
import type { Answered } from './past.ts';

/** A point of a history: a revision, or an instant and what was recorded by then. */
export type Point = number | string;

export interface HistoryPage {
  /** Personal texts are still sealed: the door opens them while it answers. */
  readonly facts: readonly Fact[];
  /** The last revision shown, when there are more. */
  readonly next: number | null;
}

/** The facts of a complaint in order: those after `from`, up to and including `to` — what came between two points. */
export class ReadHistory extends Query<Answered<HistoryPage>> {
  constructor(
    readonly complaint: string,
    readonly range: {
      readonly from?: Point;
      readonly to?: Point;
      /** Where the page before ended. */ readonly after?: number;
    } = {},
    readonly limit = HISTORY_LIMIT,
  ) {
    super();
  }
}

/** A page holds at most so many facts. */
export const HISTORY_LIMIT = 1000;
/** And at most about so many characters of data, so that a page of long words stays a page. */
const PAGE_CHARACTERS = 8 * 1024 * 1024;

@QueryHandler(ReadHistory)
export class ReadHistoryHandler implements IQueryHandler<ReadHistory> {
  constructor(private readonly complaints: ComplaintDesk) {}

  async execute({ complaint, range, limit }: ReadHistory): Promise<Answered<HistoryPage>> {
    const found = await this.complaints.find(complaint);
    if ('refusal' in found) return found;
    const all = await readFacts(
      this.complaints.desk.parts.store,
      codecOf(complaintStreams),
      streamOf('complaint', found.id),
    );
    const last = all.at(-1);
    if (!last) return notFound;
    const between = all.filter(
      (fact) =>
        (range.after === undefined || fact.revision > range.after) &&
        (range.from === undefined || !isBy(fact, range.from)) &&
        (range.to === undefined || isBy(fact, range.to)),
    );
    const facts = fitting(between.slice(0, limit));
    const next = facts.length < between.length ? facts.at(-1)!.revision : null;
    return { kind: 'found', value: { facts, next }, revision: last.revision };
  }
}

const isBy = (fact: Fact, point: Point): boolean =>
  typeof point === 'number' ? fact.revision <= point : fact.recordedAt <= point;

const fitting = (facts: readonly Fact[]): readonly Fact[] => {
  let characters = 0;
  const beyond = facts.findIndex((fact) => (characters += JSON.stringify(fact.data).length) > PAGE_CHARACTERS);
  return beyond <= 0 ? (beyond === 0 ? facts.slice(0, 1) : facts) : facts.slice(0, beyond);
};
