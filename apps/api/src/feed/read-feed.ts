import type { CloudEvent } from '#contract/cloud-event';
import { publishedNouns } from '#contract/contracts';
import { publicMessageOf } from '#contract/public-message';
import type { PublicNoun } from '#nouns/nouns';
import { streamOf } from '#fact/stream-kind';
import type { EventStore, Position, RecordedEvent } from '#ledger/stream/port';
import type { FeedPage } from './answers.ts';

/**
 * The feed: exactly the messages that the topics hold, markers included, in the ledger's order. It reads everything: a
 * fact of a noun that this program does not know must stop it (UnknownFact), not be passed over.
 */

export const FEED_NOUNS: readonly PublicNoun[] = publishedNouns.map(({ noun }) => noun);

export interface Feed {
  readonly store: EventStore;
  readonly organisation: string;
}

/** One page after a position; empty only when nothing is left. Throws ForeignPosition. */
export const readFeed = async (
  { store, organisation }: Feed,
  after: string | undefined,
  limit: number,
  signal?: AbortSignal,
): Promise<FeedPage> => {
  const items: CloudEvent[] = [];
  let position = after;
  for (;;) {
    const page = await store.readAll({
      ...(position !== undefined && { after: position as Position }),
      // One more than is wanted, so that the head is seen when it is reached.
      maxCount: Math.min(1000, limit - items.length + 1),
      ...(signal && { signal }),
    });
    for (const event of page.events) {
      if (items.length === limit) return { items, position: position ?? null, atHead: false };
      const told = tell(event, organisation);
      if (told) items.push(told);
      position = event.position;
    }
    position = page.scannedTo ?? position;
    if (page.atHead || page.scannedTo === undefined) return { items, position: position ?? null, atHead: true };
  }
};

export const tell = (event: RecordedEvent, organisation: string): CloudEvent | undefined =>
  publicMessageOf(event, organisation)?.event;

/** One published stream: `complaint/<id>`. */
export interface FeedSubject {
  readonly noun: PublicNoun;
  readonly subject: string;
}

export interface FeedFact extends FeedSubject {
  readonly sequence: bigint;
}

/** The position of a fact that a consumer has; undefined when this ledger does not have it. */
export const positionOf = async (
  { store }: Feed,
  { noun, subject, sequence }: FeedFact,
): Promise<Position | undefined> => {
  for await (const event of store.readStream(streamOf(noun, subject), { fromRevision: sequence, maxCount: 1 }))
    if (event.revision === sequence) return event.position;
  return undefined;
};

/** One page of one subject, after a sequence of its own. */
export const readSubject = async (
  { store, organisation }: Feed,
  { noun, subject }: FeedSubject,
  after: bigint | undefined,
  limit: number,
): Promise<FeedPage> => {
  const items: CloudEvent[] = [];
  let position: string | null = null;
  const from = after === undefined ? 0n : after + 1n;
  for await (const event of store.readStream(streamOf(noun, subject), { fromRevision: from, maxCount: limit + 1 })) {
    if (items.length === limit) return { items, position, atHead: false };
    const told = tell(event, organisation);
    if (told) items.push(told);
    position = event.position;
  }
  return { items, position, atHead: true };
};
