import { Readable } from 'node:stream';
import { Controller, Inject, Req, Res } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { STAFF } from '#desk/roles';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import { nameOf, whereOf } from '#ledger/follow/failure';
import { jointSignal } from '#resilience/joint-signal';
import { headersNamed } from '#program/headers-named';
import { requestContextOf } from '../request-context.ts';
import { LimitParameter, PositionParameter } from '../parameters.ts';
import { API_PARTS, STOPPING, type ApiParts } from '../api-dependencies.ts';
import { Door } from '../doors/door.ts';
import { Problem } from '../problem.ts';
import { FEED_ANSWER, GAPS_ANSWER, POSITION_ANSWER } from './answers.ts';
import { gapsOf, type Run } from './gaps.ts';
import { FEED_MEDIA, mediaFor } from './media.ts';
import { AfterFactParameter, HaveParameter, SubjectParameter } from './feed-parameters.ts';
import {
  positionOf,
  readFeed,
  readSubject,
  type Feed,
  type FeedFact,
  type FeedPage,
  type FeedSubject,
} from './read-feed.ts';
import { streamFeed } from './streaming.ts';

/** The public events for consumers without Kafka, and for reconciling (docs/domain.md §11). Answered from the ledger. */
@ApiTags('events')
@Controller()
export class FeedController {
  private readonly feed: Feed;
  private readonly log: Logger;

  constructor(
    @Inject(API_PARTS) parts: ApiParts,
    @Inject(STOPPING) private readonly stopping: AbortSignal,
  ) {
    this.log = parts.log;
    this.feed = { store: parts.store, organisation: parts.settings.organisation };
  }

  @Door({
    method: 'GET',
    path: 'v1/events',
    summary: 'The public events in the ledger’s order: the topics’ messages, markers included.',
    roles: STAFF,
  })
  @ApiResponse(FEED_ANSWER)
  async events(
    @PositionParameter('after', 'Events after this position. Absent: from the beginning.') after: string | undefined,
    @AfterFactParameter() afterFact: FeedFact | undefined,
    @SubjectParameter('Only this one: `<noun>/<subject>`. Goes with `afterFact` of the same one.')
    subject: FeedSubject | undefined,
    @LimitParameter(1000, 100) limit: number,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<FastifyReply> {
    if (after !== undefined && (afterFact ?? subject))
      throw new Problem('invalid-parameter', { detail: 'after goes with neither afterFact nor subject.' });
    const media = mediaFor(request.headers.accept, FEED_MEDIA);
    reply.header('vary', 'Accept');
    if (media === 'text/event-stream' && !subject && request.method !== 'HEAD') {
      const last = headersNamed(request.raw, 'last-event-id').at(-1);
      return this.stream(reply, last ?? after ?? (await this.after(afterFact)));
    }
    const page = subject
      ? await readSubject(this.feed, subject, sequenceIn(afterFact, subject), limit)
      : await readFeed(this.feed, after ?? (await this.after(afterFact)), limit);
    const next = nextOf(page, subject, limit);
    if (next !== undefined) reply.header('link', `<${requestContextOf(reply).publicUrl ?? ''}${next}>; rel="next"`);
    return media === 'application/cloudevents-batch+json'
      ? reply.type(media).serializer(JSON.stringify).send(page.items)
      : reply.type('application/json').send(page);
  }

  @Door({
    method: 'GET',
    path: 'v1/events/latest-position',
    summary: 'The newest position in the ledger, to compare with one’s own.',
    roles: STAFF,
  })
  @ApiResponse(POSITION_ANSWER)
  async latestPosition(): Promise<{ epoch: string; position: string | null }> {
    const { store } = this.feed;
    const [epoch, position] = await Promise.all([store.epoch(), store.head()]);
    return { epoch, position: position ?? null };
  }

  @Door({ method: 'GET', path: 'v1/events/gaps', summary: 'What a consumer lacks of one subject.', roles: STAFF })
  @ApiOperation({
    description:
      'Sequences here have no gaps; say which of them you have, and the answer is what you lack, up to this moment. ' +
      '`beyond`: you have what this ledger does not know; it was restored, read the subject again. ' +
      'The missing ones come with `GET /v1/events?subject=…&afterFact=…`.',
  })
  @ApiResponse(GAPS_ANSWER)
  async gaps(
    @SubjectParameter('`<noun>/<subject>`', true) subject: FeedSubject,
    @HaveParameter() have: readonly Run[] | undefined,
  ): Promise<object> {
    const { latest, missing, beyond } = await gapsOf(this.feed.store, subject, have ?? []);
    return {
      noun: subject.noun,
      subject: subject.subject,
      latest: latest === undefined ? null : printed(latest),
      missing: missing.map(printedRun),
      beyond: beyond.map(printedRun),
    };
  }

  private async after(fact: FeedFact | undefined): Promise<string | undefined> {
    if (!fact) return undefined;
    const position = await positionOf(this.feed, fact);
    if (position === undefined)
      throw new Problem('not-found', {
        detail: 'This ledger does not have that fact. Go on after an older one that you have, or from the beginning.',
      });
    return position;
  }

  private async stream(reply: FastifyReply, after: string | undefined): Promise<FastifyReply> {
    // A position of another ledger is refused now: later there is no status to say so.
    await readFeed(this.feed, after, 1);
    const gone = new AbortController();
    const { signal, release } = jointSignal(gone.signal, this.stopping);
    reply.raw.once('close', () => {
      gone.abort();
      release();
    });
    const events = streamFeed(this.feed, after, signal);
    return reply
      .type('text/event-stream')
      .header('x-accel-buffering', 'no')
      .header('connection', 'close')
      .send(Readable.from(this.untilError(events, reply.request.correlationId), { highWaterMark: 1 }));
  }

  /** A stream that cannot go on ends; who comes back with its Last-Event-ID hears why. */
  private async *untilError(events: AsyncGenerator<string, void>, correlationId: string): AsyncGenerator<string, void> {
    try {
      yield* events;
    } catch (error) {
      this.log.error({ correlationId, error: nameOf(error), where: whereOf(error) }, 'a stream of events ended');
    }
  }
}

const sequenceIn = (fact: FeedFact | undefined, { noun, subject }: FeedSubject): bigint | undefined => {
  if (fact && (fact.noun !== noun || fact.subject !== subject))
    throw new Problem('invalid-parameter', { detail: 'afterFact must be of the subject that is asked for.' });
  return fact?.sequence;
};

/** The next page's path; also after an empty page, for more may come. */
const nextOf = (page: FeedPage, subject: FeedSubject | undefined, limit: number): string | undefined => {
  const last = page.items.at(-1);
  if (subject)
    return (
      last &&
      `/v1/events?subject=${subject.noun}/${subject.subject}&afterFact=${subject.noun}/${subject.subject}/${last.sequence}&limit=${limit}`
    );
  return page.position === null ? undefined : `/v1/events?after=${page.position}&limit=${limit}`;
};

const printed = (sequence: bigint): string => String(sequence).padStart(10, '0');
const printedRun = ({ from, to }: Run): object => ({ from: printed(from), to: printed(to) });
