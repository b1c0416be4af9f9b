import { Readable } from 'node:stream';
import { Controller, Inject, Req, Res } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import { Read } from '#desk/queries/read';
import { nameOf, whereOf } from '#ledger/follow/failure';
import { jointSignal } from '#resilience/joint-signal';
import { headersNamed } from '#program/headers-named';
import { API_DEPENDENCIES, STOPPING, type ApiDependencies } from '../api-dependencies.ts';
import { readerOf } from '../caller-of.ts';
import { Door } from '../doors/door.ts';
import { found } from '../doors/found.ts';
import { mediaFor } from '../negotiation.ts';
import { parameter } from '../parameters.ts';
import { Problem } from '../problem.ts';
import { requestContextOf } from '../request-context.ts';
import { FEED_ANSWER, type FeedPage } from './answers.ts';
import { followEvents, readEvents } from './feed-reads.ts';
import type { FeedFact, FeedSubject } from './read-feed.ts';

/** What the feed can be answered in; JSON when nothing better is asked. */
const FEED_MEDIA = ['application/json', 'application/cloudevents-batch+json', 'text/event-stream'] as const;

/** The public events for consumers without Kafka, and for reconciling (docs/domain.md §11). Answered from the ledger. */
@ApiTags('events')
@Controller()
export class FeedController {
  private readonly log: Logger;

  constructor(
    private readonly queries: QueryBus,
    @Inject(API_DEPENDENCIES) parts: ApiDependencies,
    @Inject(STOPPING) private readonly stopping: AbortSignal,
  ) {
    this.log = parts.log;
  }

  @Door(readEvents)
  @ApiResponse(FEED_ANSWER)
  async events(
    @parameter('after', readEvents.parameters.after) after: string | undefined,
    @parameter('afterFact', readEvents.parameters.afterFact) afterFact: FeedFact | undefined,
    @parameter('subject', readEvents.parameters.subject) subject: FeedSubject | undefined,
    @parameter('limit', readEvents.parameters.limit) limit: number,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<FastifyReply> {
    if (after !== undefined && (afterFact ?? subject))
      throw new Problem('invalid-parameter', { detail: 'after goes with neither afterFact nor subject.' });
    const media = mediaFor(request, FEED_MEDIA);
    reply.header('vary', 'Accept');
    if (media === 'text/event-stream' && !subject && request.method !== 'HEAD') {
      const last = headersNamed(request.raw, 'last-event-id').at(-1);
      return this.stream(request, reply, last ?? after, afterFact);
    }
    const asked = { after, afterFact, subject, limit };
    const read = new Read(readEvents, asked, readerOf(request, readEvents));
    const { value: page } = found(await this.queries.execute(read));
    const next = nextOf(page, subject, limit);
    if (next !== undefined) reply.header('link', `<${requestContextOf(reply).publicUrl ?? ''}${next}>; rel="next"`);
    return media === 'application/cloudevents-batch+json'
      ? reply.type(media).serializer(JSON.stringify).send(page.items)
      : reply.type('application/json').send(page);
  }

  private async stream(
    request: FastifyRequest,
    reply: FastifyReply,
    after: string | undefined,
    afterFact: FeedFact | undefined,
  ): Promise<FastifyReply> {
    const gone = new AbortController();
    const { signal, release } = jointSignal(gone.signal, this.stopping);
    reply.raw.once('close', () => {
      gone.abort();
      release();
    });
    const read = new Read(followEvents, { after, afterFact, signal }, readerOf(request, followEvents));
    const { value: events } = found(await this.queries.execute(read));
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
