import { startEventStoreServer, type EventStoreServer } from '../eventstore/server.ts';

/**
 * The main journeys once more, with the ledger in EventStoreDB: the same stories, the same service, other settings. Here
 * always on the stand-in (test/eventstore); `EVENTSTORE_URL=esdb://… npm test` takes every suite to a real one.
 */
describe('on EventStoreDB', () => {
  const named = process.env['EVENTSTORE_URL'];
  let server: EventStoreServer;
  beforeAll(async () => {
    server = await startEventStoreServer();
    process.env['EVENTSTORE_URL'] = server.url; // read by what a journey starts; this file's environment is its own
  });
  afterAll(async () => {
    if (named === undefined) delete process.env['EVENTSTORE_URL'];
    else process.env['EVENTSTORE_URL'] = named;
    await server.stop();
  });

  for (const journey of [
    './life.spec.ts',
    './terminal.spec.ts',
    './erasure.spec.ts',
    '../integration/programs-together.spec.ts',
  ])
    describe(journey.replace(/^.*\/|\.spec\.ts$/g, ''), () => void jest.requireActual(journey));

  it('they were recorded there', () => {
    expect(server.calls.count('append')).toBeGreaterThan(100);
  });
});
