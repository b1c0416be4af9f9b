import type generated from '@eventstore/db-client/generated/streams_pb.js';
import { Channel } from './channel.ts';
import type { Consumer } from './consumer.ts';
import type { Feed, Page } from './feed.ts';
import { FOR_EVER, type StoredEvent } from './event.ts';
import { pause, turn, type Node } from './node.ts';
import { streamDeleted, tooSlow, type Refusal } from './refusals.ts';
import { caughtUpMessage, checkpointMessage, confirmationMessage, eventMessage, filledUp } from './wire.ts';

type Item = { readonly event: StoredEvent; readonly live?: true } | { readonly message: generated.ReadResp };

const messageOf = (item: Item): generated.ReadResp => {
  if ('message' in item) return item.message;
  return item.live ? filledUp(eventMessage(item.event)) : eventMessage(item.event);
};

/** What a real server keeps ready for one subscriber, in history as well as live. */
const PLACES = 32;

/**
 * A subscription as a real server runs it. In history it waits for its consumer. Then it takes in what is written live
 * and, without waiting any more, what was written in between; and whenever there is no room, it drops the subscriber.
 */
export class Subscription {
  private readonly out = new Channel<Item>(PLACES);
  private looked = 0;
  private sent: number;
  private failure: Refusal | undefined;
  private over = false;

  constructor(
    private readonly node: Pick<Node, 'view' | 'faults'>,
    private readonly consumer: Pick<Consumer, 'send' | 'fail' | 'end' | 'onDone'>,
    private readonly stream: string,
    private readonly feed: Feed,
    /** The order behind which it begins. */
    private readonly after: number | 'end',
  ) {
    this.sent = after === 'end' ? -1 : after;
  }

  async run(): Promise<void> {
    const handle = {
      stream: this.stream,
      filtered: this.feed.interval !== undefined,
      drop: (refusal: Refusal) => this.fail(refusal),
      end: () => this.stop(),
      checkpoints: (count: number) => {
        const message = checkpointMessage(Math.max(this.sent, 0));
        for (let n = 0; n < count; n++) this.out.force({ message });
      },
    };
    this.node.faults.open.add(handle);
    this.consumer.onDone(() => {
      this.stop();
      this.node.faults.open.delete(handle);
    });
    void this.produce();
    await this.consume();
  }

  private async consume(): Promise<void> {
    for (let item = await this.out.read(); item; item = await this.out.read()) {
      if ('event' in item) {
        if (item.event.revision === FOR_EVER && this.stream === item.event.stream) {
          this.fail(streamDeleted(this.stream));
          break;
        }
        const order = this.feed.orderOf(item.event);
        if (order <= this.sent) continue;
        this.sent = order;
      }
      if (!(await this.consumer.send(messageOf(item)))) return;
    }
    if (this.failure) this.consumer.fail(this.failure);
    else this.consumer.end();
  }

  private fail(refusal: Refusal): void {
    this.failure ??= refusal;
    this.stop();
  }

  private stop(): void {
    this.over = true;
    this.out.close();
  }

  private async produce(): Promise<void> {
    if (this.after === 'end') {
      await this.out.write({ message: confirmationMessage() });
      return this.goLive(undefined);
    }
    let from = this.after + 1;
    for (let first = true; !this.over; first = false) {
      const page = await this.pageFrom(from, first);
      if (!page) return;
      if (first) await this.out.write({ message: confirmationMessage() });
      for (const event of page.events) await this.out.write({ event });
      this.looked += page.looked;
      if (page.atEnd) return this.goLive(page.next);
      const { interval } = this.feed;
      if (interval && this.looked >= interval) {
        this.looked %= interval;
        // As seen: of the last event handed on or, while there was none, of where the page began. The first is 0.
        const at = page.events.at(-1)?.position ?? (from === 0 ? 0 : from - 1);
        await this.out.write({ message: checkpointMessage(at) });
      }
      from = page.next;
      await turn();
    }
  }

  /** A stream that is not there yet is waited for. */
  private async pageFrom(from: number, first: boolean): Promise<Page | undefined> {
    for (let confirmed = !first; !this.over;) {
      const page = this.feed.page(from);
      if (page === 'tombstoned') this.fail(streamDeleted(this.stream));
      else if (page !== 'missing') return page;
      else {
        if (!confirmed) await this.out.write({ message: confirmationMessage() });
        confirmed = true;
        await pause(50);
      }
    }
    return undefined;
  }

  private async goLive(from: number | undefined): Promise<void> {
    const live = new Channel<Item>(PLACES);
    let state: 'transitioning to live' | 'live' = 'transitioning to live';
    const last = this.feed.last();
    const dropUnless = (room: boolean): void => {
      if (room || this.over) return;
      this.fail(tooSlow(state));
      live.close();
    };
    const off = this.node.view.onEvents((events) => {
      for (const event of events) {
        if (!this.feed.covers(event)) continue;
        if (this.feed.lets(event)) dropUnless(live.tryWrite({ event, live: true }));
        if (!this.feed.interval || ++this.looked < this.feed.interval) continue;
        this.looked = 0;
        dropUnless(live.tryWrite({ message: checkpointMessage(event.position) }));
      }
    });
    this.consumer.onDone(() => {
      off();
      live.close();
    });
    if (from !== undefined) await this.catchUpWithoutWaiting(from, last, dropUnless);
    state = 'live';
    await this.out.write({ message: caughtUpMessage() });
    for (let item = await live.read(); item && !this.over; item = await live.read()) await this.out.write(item);
  }

  private async catchUpWithoutWaiting(from: number, last: number, dropUnless: (room: boolean) => void): Promise<void> {
    for (;;) {
      await pause(1); // a read of a real server goes through its queues
      const page = this.over ? 'missing' : this.feed.page(from);
      if (page === 'missing' || page === 'tombstoned') return;
      for (const event of page.events) {
        if (this.feed.orderOf(event) > last) return;
        dropUnless(this.out.tryWrite({ event }));
      }
      if (page.atEnd) return;
      from = page.next;
    }
  }
}
