import { Type } from '@sinclair/typebox';
import { refusal } from '#desk/answering';
import { byPosition, limitTo, required } from '#desk/queries/parameters';
import { defineQuery, NO_PARAMETERS, sourceOf, type Opening, type QueryDescription } from '#desk/queries/query';
import { STAFF } from '#desk/roles';
import { FEED_PAGE, GAPS, LATEST_POSITION } from './answers.ts';
import { byFact, byRuns, bySubject } from './feed-parameters.ts';
import { gapsOf, type Run } from './gaps.ts';
import { positionOf, readFeed, readSubject, type Feed, type FeedFact } from './read-feed.ts';
import { streamFeed } from './streaming.ts';

/** What consumers without Kafka ask (docs/api.md, Doors). Answered from the ledger. */

export interface FeedReads extends Feed, Opening {}
export const FEED = sourceOf<FeedReads>('what the feed is answered from');

/** The public events, page by page. */
export const readEvents = defineQuery({
  operation: 'Feed.events',
  tag: 'events',
  path: 'v1/events',
  summary: 'The public events in the ledger’s order: the topics’ messages, markers included.',
  roles: STAFF,
  parameters: {
    after: byPosition('Events after this position. Absent: from the beginning.'),
    afterFact: byFact(),
    subject: bySubject('Only this one: `<noun>/<subject>`. Goes with `afterFact` of the same one.'),
    limit: limitTo(1000, 100),
  },
  answer: FEED_PAGE,
  from: FEED,
  select: async (feed, { after, afterFact, subject, limit }) => {
    if (!subject) {
      const start = await startOf(feed, after, afterFact);
      return 'refusal' in start ? start : { kind: 'found', value: await readFeed(feed, start.after, limit) };
    }
    if (afterFact && (afterFact.noun !== subject.noun || afterFact.subject !== subject.subject))
      return refusal('invalid-parameter', 'afterFact must be of the subject that is asked for.');
    return { kind: 'found', value: await readSubject(feed, subject, afterFact?.sequence, limit) };
  },
});

interface Followed {
  readonly after?: string | undefined;
  readonly afterFact?: FeedFact | undefined;
  readonly signal: AbortSignal;
}

const EVENT_STREAM = Type.Unsafe<AsyncGenerator<string, void>>({ type: 'string' });

/** The same door for who wants to hear of events as they come, until the signal. */
export const followEvents: QueryDescription<Followed, typeof EVENT_STREAM, FeedReads> = {
  ...readEvents,
  answer: EVENT_STREAM,
  select: async (feed, { after, afterFact, signal }) => {
    const start = await startOf(feed, after, afterFact);
    if ('refusal' in start) return start;
    // A position of another ledger is refused now: later there is no status to say so.
    await readFeed(feed, start.after, 1);
    return { kind: 'found', value: streamFeed(feed, start.after, signal) };
  },
};

const startOf = async (feed: Feed, after: string | undefined, afterFact: FeedFact | undefined) => {
  if (after !== undefined || !afterFact) return { after };
  const position = await positionOf(feed, afterFact);
  return position === undefined
    ? refusal(
        'not-found',
        'This ledger does not have that fact. Go on after an older one that you have, or from the beginning.',
      )
    : { after: position as string };
};

const readLatestPosition = defineQuery({
  operation: 'Feed.latestPosition',
  tag: 'events',
  path: 'v1/events/latest-position',
  summary: 'The newest position in the ledger, to compare with one’s own.',
  means: 'The newest position; null while the ledger is empty.',
  roles: STAFF,
  parameters: NO_PARAMETERS,
  answer: LATEST_POSITION,
  from: FEED,
  select: async ({ store }) => {
    const [epoch, position] = await Promise.all([store.epoch(), store.head()]);
    return { kind: 'found', value: { epoch, position: position ?? null } };
  },
});

const readGaps = defineQuery({
  operation: 'Feed.gaps',
  tag: 'events',
  path: 'v1/events/gaps',
  summary: 'What a consumer lacks of one subject.',
  explained:
    'Sequences here have no gaps; say which of them you have, and the answer is what you lack, up to this moment. ' +
    '`beyond`: you have what this ledger does not know; it was restored, read the subject again. ' +
    'The missing ones come with `GET /v1/events?subject=…&afterFact=…`.',
  means: 'What is missing. `latest` is null when this ledger has no such subject.',
  roles: STAFF,
  parameters: { subject: required(bySubject('`<noun>/<subject>`')), have: byRuns() },
  answer: GAPS,
  from: FEED,
  select: async ({ store }, { subject, have = [] }) => {
    const { latest, missing, beyond } = await gapsOf(store, subject, have);
    return {
      kind: 'found',
      value: {
        noun: subject.noun,
        subject: subject.subject,
        latest: latest === undefined ? null : printed(latest),
        missing: missing.map(printedRun),
        beyond: beyond.map(printedRun),
      },
    };
  },
});

/** Those that are answered as they are; the events have forms of their own (feed.controller.ts). */
export const feedQueries = [readLatestPosition, readGaps];

const printed = (sequence: bigint): string => String(sequence).padStart(10, '0');
const printedRun = ({ from, to }: Run) => ({ from: printed(from), to: printed(to) });
