import { randomUUID } from 'node:crypto';
import { appendFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BACKWARDS, END, EventStoreDBClient, NO_STREAM, type AllStreamResolvedEvent } from '@eventstore/db-client';
import { startChild, type Child } from '../support/child.ts';
import { describeWithStandIn } from '../support/eventstore.ts';
import { append } from './append.ts';
import { testCertificates } from './certificate.ts';
import { begin, clientOf, collect, CREDENTIALS, failure, sample, type Client } from './client.ts';
import { startEventStoreCluster, type EventStoreCluster } from './cluster.ts';
import { proposed } from './event.ts';
import type { Journal } from './journal.ts';
import { Log } from './log.ts';
import { startEventStoreServer } from './server.ts';

const temporary = async (use: (directory: string) => Promise<void>): Promise<void> => {
  const directory = await mkdtemp(join(tmpdir(), 'redress-test-eventstore-'));
  try {
    await use(directory);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
};

describeWithStandIn('the log of the stand-in', (server) => {
  let client: Client;
  beforeEach(() => void (client = clientOf(server().url)));
  afterEach(() => client.dispose());
  const newest = async (count: number): Promise<AllStreamResolvedEvent[]> =>
    (await collect(client.readAll({ direction: BACKWARDS, fromPosition: END, maxCount: count }))).reverse();

  it('recognises the same ids at the same revision for ever, with "any" only for a while', async () => {
    const [explicit, any, event] = [randomUUID(), randomUUID(), sample()];
    const put = (): Promise<unknown> =>
      client.appendToStream(any, event, { expectedRevision: 'any', credentials: CREDENTIALS });
    await begin(client, explicit, [event]);
    await put();
    await put();
    await begin(
      client,
      randomUUID(),
      Array.from({ length: 300 }, () => sample()),
    );
    await begin(client, explicit, [event]);
    await put();
    const lengths = await Promise.all(
      [explicit, any].map(async (name) => (await collect(client.readStream(name))).length),
    );
    expect(lengths).toEqual([1, 2]);
  });

  it('forgets what is sent again before it can be read, as a real one does', () => {
    const neverDone = { read: () => [], write: () => new Promise<void>(() => undefined) };
    const log = new Log(neverDone as unknown as Journal);
    const event = proposed('Sample');
    expect(append(log, 'a', 'no_stream', [event])).toMatchObject({ kind: 'stored', revision: 0 });
    expect(append(log, 'a', 'no_stream', [event])).toEqual({ kind: 'forgotten' });
  });

  it('reads on from where an event was that a scavenge took away', async () => {
    const [gone, kept] = [randomUUID(), randomUUID()];
    await begin(client, gone, [sample(), sample(), sample()]);
    await begin(client, kept, [sample()]);
    const [, second] = (await newest(4)).map(({ event }) => event!);
    await client.deleteStream(gone);
    server().log.scavenge();
    const read = await collect(client.readAll({ fromPosition: second!.position, maxCount: 2 }));
    expect(read.map(({ event }) => event!.streamId)).toEqual([gone, kept]); // the last event of a stream stays
  });

  it('notes by itself what a real server notes about itself, in between', async () => {
    const name = randomUUID();
    await begin(client, name, [sample()]);
    server().log.noise();
    expect((await newest(2)).map(({ event }) => event!.streamId)).toEqual([name, '$stats-127.0.0.1:2113']);
  });
});

describe('the stand-in over TLS, with users', () => {
  const users = {
    admin: { password: 'changeit', admin: true },
    clerk: { password: 'pen', deniedPrefixes: ['closed-'] },
  };

  it('lets in who has the right, tells a wrong password from a missing right, and takes no foreign authority', async () => {
    await temporary(async (directory) => {
      const { authority, tls } = testCertificates();
      const file = join(directory, 'authority.pem');
      await writeFile(file, authority);
      const server = await startEventStoreServer({ tls, users });
      const client = clientOf(`${server.url}&tlsCAFile=${file}`);
      const as = (username: string, password: string, stream: string): Promise<unknown> =>
        failure(client.appendToStream(stream, sample(), { credentials: { username, password } }));
      expect(await as('clerk', 'pen', 'open-1')).toEqual({ type: 'none', code: undefined });
      expect(await as('clerk', 'wrong', 'open-1')).toEqual({ type: 'access-denied', code: 16 });
      expect(await as('toString', 'wrong', 'open-1')).toEqual({ type: 'access-denied', code: 16 });
      expect(await as('clerk', 'pen', 'closed-1')).toEqual({ type: 'access-denied', code: 7 });
      expect(await as('admin', 'changeit', 'closed-1')).toEqual({ type: 'none', code: undefined });
      const all = (credentials?: { username: string; password: string }): Promise<unknown> =>
        failure(collect(client.readAll({ maxCount: 1, ...(credentials && { credentials }) })));
      expect(await all()).toEqual({ type: 'access-denied', code: 7 });
      expect(await all({ username: 'clerk', password: 'pen' })).toEqual({ type: 'access-denied', code: 7 });
      expect(await all({ username: 'admin', password: 'changeit' })).toEqual({ type: 'none', code: undefined });
      await client.dispose();

      const stranger = clientOf(`${server.url}&defaultDeadline=2000`);
      const refused = await failure(
        stranger.appendToStream('open-1', sample(), { credentials: { username: 'clerk', password: 'pen' } }),
      );
      expect(refused).toEqual({ type: 'unavailable', code: 14 });
      await stranger.dispose();
      await server.stop();
    });
  });
});

describe('the stand-in with a directory', () => {
  const children: Child[] = [];
  afterEach(() => children.splice(0).forEach((child) => void child.process.kill('SIGKILL')));

  it('loses nothing that it acknowledged when it is killed', async () => {
    await temporary(async (directory) => {
      const start = async (): Promise<{ child: Child; client: Client }> => {
        const child = startChild('../eventstore/serve.ts', ['--data', directory]);
        children.push(child);
        const { url } = await child.line<{ url: string }>();
        return { child, client: clientOf(url) };
      };
      const acknowledged: string[] = [];
      for (const round of [1, 2]) {
        const { child, client } = await start();
        const writers = Array.from({ length: 8 }, async () => {
          for (;;) {
            const event = sample();
            if ((await failure(begin(client, randomUUID(), [event]))).type !== 'none') return;
            acknowledged.push(event.id);
            if (acknowledged.length >= 200 * round) child.process.kill('SIGKILL');
          }
        });
        await Promise.all(writers);
        await child.ended;
        await client.dispose();
        await appendFile(join(directory, 'events.jsonl'), '[{"stream":"cut sh'); // as a kill may leave it
      }
      const { child, client } = await start();
      const found = (await collect(client.readAll())).map(({ event }) => event!.id);
      const missing = acknowledged.filter((id) => !found.includes(id));
      await client.dispose();
      child.process.stdin!.end();
      await child.ended;
      expect([missing, new Set(found).size]).toEqual([[], found.length]);
    });
  }, 60_000);
});

describe('several stand-ins as a cluster', () => {
  let cluster: EventStoreCluster;
  beforeEach(async () => void (cluster = await startEventStoreCluster()));
  afterEach(() => cluster.stop());
  const put = (client: Client, requiresLeader: boolean): Promise<unknown> =>
    failure(
      client.appendToStream(randomUUID(), sample(), {
        expectedRevision: NO_STREAM,
        credentials: CREDENTIALS,
        requiresLeader,
      }),
    );

  it('names its leader to who asks another node for it, and hands on what others write', async () => {
    const client = clientOf(cluster.nodes[1]!.url);
    expect(await put(client, false)).toEqual({ type: 'none', code: undefined });
    expect(await put(client, true)).toEqual({ type: 'not-leader', code: 5 });
    expect(await put(client, true)).toEqual({ type: 'none', code: undefined }); // the client went there
    expect(cluster.nodes.map(({ calls }) => calls.count('append'))).toEqual([1, 2, 0]);
    await client.dispose();
  });

  it('is found by any of its nodes, and again when the leader is killed', async () => {
    const client = EventStoreDBClient.connectionString(`${cluster.url}&nodePreference=leader`);
    expect(await put(client, true)).toEqual({ type: 'none', code: undefined });
    await cluster.kill(0);
    expect(await put(client, true)).toMatchObject({ type: 'unavailable' });
    cluster.lead(2);
    const until = Date.now() + 20_000;
    let last = await put(client, true);
    while ((last as { type: string }).type !== 'none' && Date.now() < until) last = await put(client, true);
    expect([last, cluster.nodes[2]!.calls.count('append') > 0]).toEqual([{ type: 'none', code: undefined }, true]);
    await client.dispose();
  }, 30_000);

  it('has nobody to write to between a death and an election', async () => {
    cluster.lead(undefined);
    const client = clientOf(cluster.nodes[1]!.url);
    expect(await put(client, true)).toEqual({ type: 'unavailable', code: 14 });
    await client.dispose();
  });

  it('has followers that answer with less than was written while they lag', async () => {
    const [leader, follower] = [0, 1].map((at) => clientOf(cluster.nodes[at]!.url));
    const name = randomUUID();
    await begin(leader!, name, [sample()]);
    cluster.lag();
    await leader!.appendToStream(name, sample(), { expectedRevision: 0n, credentials: CREDENTIALS });
    const seen = async (client: Client): Promise<number> => (await collect(client.readStream(name))).length;
    expect([await seen(leader!), await seen(follower!)]).toEqual([2, 1]);
    const required = failure(collect(follower!.readStream(name, { requiresLeader: true })));
    expect(await required).toEqual({ type: 'not-leader', code: 5 });
    cluster.catchUp();
    const again = clientOf(cluster.nodes[1]!.url);
    expect(await seen(again)).toBe(2);
    await Promise.all([leader!, follower!, again].map((client) => client.dispose()));
  });
});
