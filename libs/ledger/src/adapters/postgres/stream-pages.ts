import pg from 'pg';
import { Batcher } from '#resilience/batcher';
import { readStreamStatement, readStreamsStatement, type EventRow } from './read-events.ts';

/** The next facts of one stream. */
export interface PageAsked {
  readonly stream: string;
  readonly direction: 'forwards' | 'backwards';
  /** Inclusive. */
  readonly from: bigint;
  readonly count: number;
  readonly atOnce?: boolean;
}

export interface StreamPage {
  readonly epoch: string;
  readonly rows: readonly EventRow[];
  /** The page was cut for its size. */
  readonly full: boolean;
}

type Row = EventRow & { readonly epoch: string; readonly place?: string };

/** Streams in one statement at most: a page may be some megabytes. */
const STREAMS = 16;
/** So that a large stream does not hold up everybody. */
const CONCURRENCY = 2;

/** Reads pages of streams: those that are asked for at once, forwards, in one statement. */
export class StreamPages {
  private readonly together = new Batcher((asked: readonly PageAsked[]) => this.readAll(asked), {
    concurrency: CONCURRENCY,
    most: STREAMS,
    oneMayBeWrong: (error) => error instanceof pg.DatabaseError,
  });

  constructor(private readonly query: <R extends pg.QueryResultRow>(statement: pg.QueryConfig) => Promise<R[]>) {}

  read(asked: PageAsked): Promise<StreamPage> {
    return asked.direction === 'forwards' && !asked.atOnce ? this.together.ask(asked) : this.readOne(asked);
  }

  private async readOne({ stream, direction, from, count }: PageAsked): Promise<StreamPage> {
    return pageOf(await this.query<Row>({ ...readStreamStatement(direction), values: [stream, from, count] }));
  }

  private async readAll(asked: readonly PageAsked[]): Promise<StreamPage[]> {
    if (asked.length === 1) return [await this.readOne(asked[0]!)];
    const rows = await this.query<Row>({
      ...readStreamsStatement,
      values: [asked.map((one) => one.stream), asked.map((one) => one.from), asked.map((one) => one.count)],
    });
    const places: Row[][] = asked.map(() => []);
    for (const row of rows) places[Number(row.place) - 1]!.push(row);
    return places.map(pageOf);
  }
}

/** A stream in which nothing was found comes as one row of nulls. */
const pageOf = (rows: readonly Row[]): StreamPage => ({
  epoch: rows[0]!.epoch,
  rows: rows.filter((row) => row.position !== null),
  full: rows.at(-1)!.full ?? false,
});
