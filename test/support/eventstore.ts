import { startEventStoreServer, type EventStoreServer } from '../eventstore/server.ts';
import { realEventStoreUrl } from './eventstore-url.ts';

export interface TestEventStore {
  /** As EVENTSTORE_URL takes it. A real server is shared: take a random LEDGER_PREFIX for each test. */
  readonly url: string;
  /** The stand-in (test/eventstore) of this suite; undefined when EVENTSTORE_URL named a real server. */
  readonly standIn: EventStoreServer | undefined;
}

/** A suite over an EventStoreDB: the one of EVENTSTORE_URL, else a stand-in that this suite starts and stops. */
export const describeWithEventStore = (title: string, suite: (eventStore: () => TestEventStore) => void): void => {
  describe(title, () => {
    let eventStore: TestEventStore | undefined;
    beforeAll(async () => {
      const named = realEventStoreUrl();
      const standIn = named ? undefined : await startEventStoreServer();
      eventStore = { url: named ?? standIn!.url, standIn };
    });
    afterAll(() => eventStore?.standIn?.stop());
    suite(() => eventStore!);
  });
};

/** A suite about misbehaviour: only the stand-in misbehaves on demand, whatever EVENTSTORE_URL says. */
export const describeWithStandIn = (title: string, suite: (server: () => EventStoreServer) => void): void => {
  describe(title, () => {
    let server: EventStoreServer | undefined;
    beforeAll(async () => void (server = await startEventStoreServer()));
    afterAll(() => server?.stop());
    afterEach(() => server?.faults.liftAll());
    suite(() => server!);
  });
};
