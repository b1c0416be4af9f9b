import { randomUUID } from 'node:crypto';
import { END, START, streamNameFilter, type AllStreamSubscription } from '@eventstore/db-client';
import { eventually } from '../support/eventually.ts';
import { describeWithStandIn } from '../support/eventstore.ts';
import { append } from './append.ts';
import { begin, clientOf, CREDENTIALS, failure, sample, type Client } from './client.ts';
import { Faults } from './faults.ts';
import { allFeed } from './feed.ts';
import { proposed } from './event.ts';
import { Log } from './log.ts';
import type { Refusal } from './refusals.ts';
import { Subscription } from './subscription.ts';
import { View } from './view.ts';

describeWithStandIn('a live subscriber of the stand-in', (server) => {
  let client: Client;
  beforeEach(() => void (client = clientOf(server().url)));
  afterEach(() => client.dispose());

  const standing = async (subscription: AllStreamSubscription): Promise<void> => {
    await new Promise((resolve) => subscription.once('caughtUp', resolve));
  };
  const write = async (stream: string, count: number): Promise<void> => {
    for (let n = 0; n < count; n += 4) {
      const four = [n, n + 1, n + 2, n + 3].map((at) => sample({ n: at }));
      await client.appendToStream(stream, four, { credentials: CREDENTIALS, expectedRevision: 'any' });
    }
  };

  it('that does not read is dropped before it is 250 small events behind, and loses none of those that it gets', async () => {
    const stream = `slow-${randomUUID()}`;
    const subscription = client.subscribeToAll({ fromPosition: END, filter: streamNameFilter({ prefixes: [stream] }) });
    await standing(subscription);
    await write(stream, 400);
    const got: number[] = [];
    const dropped = await failure(
      (async () => {
        for await (const { event } of subscription) got.push((event!.data as { n: number }).n);
      })(),
    );
    expect(dropped).toEqual({ type: 'timeout', code: 10 });
    expect(got).toEqual(got.map((_, at) => at));
    expect(got.length).toBeLessThan(250);
  });

  it('that reads gets every event, and stays', async () => {
    const stream = `quick-${randomUUID()}`;
    const subscription = client.subscribeToAll({ fromPosition: END, filter: streamNameFilter({ prefixes: [stream] }) });
    await standing(subscription);
    const got: number[] = [];
    const reading = (async () => {
      for await (const { event } of subscription) {
        got.push((event!.data as { n: number }).n);
        if (got.length === 400) return;
      }
    })();
    await write(stream, 400);
    await reading;
    expect(got).toEqual(Array.from({ length: 400 }, (_, n) => n));
    await subscription.unsubscribe();
  });

  it('is waited for while it reads history, however long it takes', async () => {
    const stream = `history-${randomUUID()}`;
    for (let n = 0; n < 10; n++)
      await begin(
        client,
        `${stream}-${n}`,
        Array.from({ length: 100 }, (_, m) => sample({ n: n * 100 + m })),
      );
    const subscription = client.subscribeToAll({
      filter: streamNameFilter({ prefixes: [stream] }),
      fromPosition: START,
    });
    await eventually(() => subscription.readableLength >= 16, 'it is full');
    const got: number[] = [];
    for await (const { event } of subscription) {
      got.push((event!.data as { n: number }).n);
      if (got.length === 1000) break;
    }
    await subscription.unsubscribe();
    expect(got).toEqual(Array.from({ length: 1000 }, (_, n) => n));
  });
});

describe('a subscription on its way from history to live', () => {
  it('is dropped when there is no room for what was written in between', async () => {
    const log = new Log();
    const put = (count: number): void => {
      for (let n = 0; n < count; n++) append(log, 'stream', 'any', [proposed('Written')]);
    };
    put(60);
    const view = new View(log);
    let read = (): void => undefined; // how the consumer reads one more
    let sent = 0;
    const refusals: Refusal[] = [];
    const consumer = {
      send: () => new Promise<boolean>((resolve) => (read = () => resolve(++sent > 0))),
      fail: (refusal: Refusal) => void refusals.push(refusal),
      end: () => undefined,
      onDone: () => undefined,
    };
    const running = new Subscription(
      { view, faults: new Faults(() => undefined) },
      consumer,
      '$all',
      allFeed(view, undefined),
      -1,
    ).run();
    const until = 60 + 4 - 32; // as soon as the last page is in its hands, its 32 places are taken
    for (let wrote = false; refusals.length === 0;) {
      if (sent >= until - 10 && !wrote) {
        put(100);
        wrote = true;
      }
      if (sent < 1000) read();
      await new Promise((resolve) => setTimeout(resolve, wrote ? 2 : 0));
    }
    await running;
    expect(refusals[0]!.details).toContain('while transitioning to live. Client resubscription required.');
  });
});
