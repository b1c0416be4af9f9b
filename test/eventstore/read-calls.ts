import generated from '@eventstore/db-client/generated/streams_pb.js';
import { Consumer, type ReadCall } from './consumer.ts';
import { allFeed, streamFeed } from './feed.ts';
import { filterOf } from './filter.ts';
import type { StoredEvent } from './event.ts';
import { mayNot, turn, type Node } from './node.ts';
import { streamDeleted, unreadablePosition, type Refusal } from './refusals.ts';
import { Subscription } from './subscription.ts';
import { eventMessage, nameOf, notFoundMessage } from './wire.ts';

type Options = generated.ReadReq.Options;
const PAGE = 100;

/** All reads and all subscriptions are this one call. */
export const readCall =
  (node: Node) =>
  (call: ReadCall): void => {
    const options = call.request.getOptions()!;
    const name = options.hasAll() ? '$all' : nameOf(options.getStream()!.getStreamIdentifier());
    const rpc = options.hasSubscription()
      ? (`subscribeTo${options.hasAll() ? 'All' : 'Stream'}` as const)
      : (`read${options.hasAll() ? 'All' : 'Stream'}` as const);
    const refusal = mayNot(node, rpc, call.metadata, name);
    const consumer = new Consumer(node, call, rpc, refusal ? undefined : node.faults.meet(rpc, name));
    if (refusal) return consumer.fail(refusal);
    void consumer.begin().then((goOn) => {
      if (!goOn) return undefined;
      if (!options.hasSubscription())
        return options.hasAll() ? readAll(node, consumer, options) : readStream(node, consumer, name, options);
      const refused = options.hasAll() ? unreadable(node, options) : undefined;
      if (refused) return consumer.fail(refused);
      const feed = options.hasAll() ? allFeed(node.view, filterOf(options.getFilter())) : streamFeed(node.view, name);
      return new Subscription(node, consumer, name, feed, beginningOf(options)).run();
    });
  };

const beginningOf = (options: Options): number | 'end' => {
  const [all, stream] = [options.getAll(), options.getStream()];
  if (all?.hasEnd() || stream?.hasEnd()) return 'end';
  if (all?.hasPosition()) return Number(all.getPosition()!.getCommitPosition());
  return stream?.hasRevision() ? Number(stream.getRevision()) : -1;
};

const unreadable = (node: Node, options: Options): Refusal | undefined => {
  const position = options.getAll()?.getPosition();
  return !position || node.view.log.isBoundary(Number(position.getCommitPosition())) ? undefined : unreadablePosition;
};

const readAll = async (node: Node, consumer: Consumer, options: Options): Promise<void> => {
  const refusal = unreadable(node, options);
  if (refusal) return consumer.fail(refusal);
  const { view } = node;
  const lets = filterOf(options.getFilter())?.lets ?? (() => true);
  const start = beginningOf(options);
  if (options.getReadDirection() === generated.ReadReq.Options.ReadDirection.BACKWARDS) {
    let from = start === 'end' ? view.end : start;
    return pages(
      consumer,
      Number(options.getCount()),
      (limit) => {
        const found = view.backwards(from, limit);
        from = found.at(-1)?.position ?? 0;
        return found;
      },
      lets,
    );
  }
  let from = start === 'end' ? view.end : start;
  return pages(
    consumer,
    Number(options.getCount()),
    (limit) => {
      const found = view.forwards(from, limit);
      from = (found.at(-1)?.position ?? from) + 1;
      return found;
    },
    lets,
  );
};

const readStream = async (node: Node, consumer: Consumer, name: string, options: Options): Promise<void> => {
  const { view } = node;
  switch (view.streamIs(name)) {
    case 'tombstoned':
      return consumer.fail(streamDeleted(name));
    case 'missing':
      await consumer.send(notFoundMessage(name));
      return consumer.end();
    case 'there':
  }
  const start = beginningOf(options);
  if (options.getReadDirection() === generated.ReadReq.Options.ReadDirection.BACKWARDS) {
    let from = start === 'end' ? view.lastRevision(name) : start;
    return pages(consumer, Number(options.getCount()), (limit) => {
      const found = view.streamBackwards(name, from, limit);
      from = (found.at(-1)?.revision ?? 0) - 1;
      return found;
    });
  }
  let from = start === 'end' ? view.lastRevision(name) + 1 : Math.max(start, 0);
  return pages(consumer, Number(options.getCount()), (limit) => {
    const found = view.streamForwards(name, from, limit);
    from = (found.at(-1)?.revision ?? from) + 1;
    return found;
  });
};

/** Sends page after page until there is nothing more, or enough. */
const pages = async (
  consumer: Consumer,
  count: number,
  next: (limit: number) => readonly StoredEvent[],
  lets: (event: StoredEvent) => boolean = () => true,
): Promise<void> => {
  for (let left = count; left > 0;) {
    const looked = next(Math.min(PAGE, left));
    for (const event of looked.filter(lets)) {
      if (!(await consumer.send(eventMessage(event)))) return;
      left--;
    }
    if (looked.length === 0) break;
    await turn();
  }
  consumer.end();
};
