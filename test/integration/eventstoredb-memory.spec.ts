import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CommandBus } from '@nestjs/cqrs';
import { Test } from '@nestjs/testing';
import { MessageBody, RecordMessage } from '#desk/commands/conversation';
import { ReceiptBody } from '#desk/commands/receive-body';
import { Receive } from '#desk/commands/receive';
import { body, by, deskInMemory, taken, type DeskInMemory } from '#desk/desk.stories';
import { DeskModule } from '#desk/desk.module';
import { adoptPolicy } from '#desk/system/adopt-policy';
import { Chain } from '#ledger/copy/chain';
import { defaultPolicy } from '#policy/default-policy';
import type { EventStoreDbEventStore } from '#ledger/adapters/eventstoredb/eventstoredb-event-store';
import type { EventStore } from '#ledger/stream/port';
import { startEventStoreCluster } from '../eventstore/cluster.ts';
import { notReady, tooBusy } from '../eventstore/refusals.ts';
import { startEventStoreServer, type EventStoreServer } from '../eventstore/server.ts';
import { eventStoreDbLedgers, factsOf } from '../support/eventstoredb-ledger.ts';
import { eventually } from '../support/eventually.ts';

/** What a process remembers of a ledger on EventStoreDB, what that saves, and when it may not be believed. */

const ledgers = eventStoreDbLedgers();
const folders: string[] = [];
afterAll(async () => {
  await ledgers.closeAll();
  folders.forEach((folder) => rmSync(folder, { recursive: true }));
});
const folderOf = (copied?: string): string => {
  const folder = mkdtempSync(join(tmpdir(), 'redress-esdb-'));
  folders.push(folder);
  if (copied !== undefined) cpSync(copied, folder, { recursive: true });
  return folder;
};

const allowing = (attempts: number) => ({ followUp: { ...defaultPolicy.followUp, attempts } });

const receive = async (desk: DeskInMemory, key?: string): Promise<string> =>
  taken(
    await desk.send(
      new Receive(
        body(ReceiptBody, { channel: 'phone', words: 'Nobody called.' }),
        by('handler', '/v1/complaints', key === undefined ? {} : { idempotencyKey: key }),
      ),
    ),
  ).id;
const message = async (desk: Pick<DeskInMemory, 'send'>, complaint: string): Promise<number> =>
  taken(
    await desk.send(
      new RecordMessage(
        complaint,
        body(MessageBody, { direction: 'in', channel: 'email', text: 'And now?' }),
        by('handler', `/v1/complaints/${complaint}/messages`),
      ),
    ),
  ).revision;

/** Another process, with the same tables. */
const processBeside = async (desk: DeskInMemory, store: EventStore): Promise<Pick<DeskInMemory, 'send' | 'close'>> => {
  const module = await Test.createTestingModule({ imports: [DeskModule.with({ ...desk.parts, store })] }).compile();
  await module.init();
  return { send: (command) => module.get(CommandBus).execute(command), close: () => module.close() };
};

/** Each fact of a complaint stands on the one before it. */
const chainOf = async (store: EventStoreDbEventStore, complaint: string): Promise<number> => {
  const facts = await factsOf(store, `complaint-${complaint}`);
  const chain = new Chain();
  facts.forEach((fact) => chain.take(fact));
  return facts.length;
};

describe('a ledger on EventStoreDB', () => {
  let server: EventStoreServer;
  let store: EventStoreDbEventStore;
  let desk: DeskInMemory;
  const prefix = 'counted-';
  beforeAll(async () => {
    server = await startEventStoreServer();
    store = await ledgers.open({ url: server.url, prefix });
    desk = await deskInMemory(() => store);
    await receive(desk);
    await eventually(async () => (await callsOf(() => receive(desk))).readStream === 1, 'the policy is listened to');
  });
  afterAll(async () => {
    await desk.close();
    await store.close();
    await server.stop();
  });
  const callsOf = async (
    work: () => Promise<unknown>,
  ): Promise<{ append: number; readStream: number; all: number }> => {
    const counted = () => [
      server.calls.count('append'),
      server.calls.count('readStream'),
      server.calls.count('readAll'),
    ];
    const before = counted();
    await work();
    const [append, readStream, all] = counted().map((count, index) => count - before[index]!) as [
      number,
      number,
      number,
    ];
    return { append, readStream, all };
  };

  it('takes a message to a remembered complaint with one append and no read', async () => {
    const complaint = await receive(desk);
    const calls = await callsOf(async () => {
      for (let n = 0; n < 20; n++) await message(desk, complaint);
    });
    expect(calls).toEqual({ append: 20, readStream: 0, all: 0 });
    expect(await chainOf(store, complaint)).toBe(21);
  });

  it('takes an intake with one append and one read', async () => {
    const calls = await callsOf(async () => {
      for (let n = 0; n < 10; n++) await receive(desk);
    });
    expect(calls).toEqual({ append: 10, readStream: 10, all: 0 });
  });

  it('answers a repeated intake from what is stored, and appends nothing', async () => {
    const complaint = await receive(desk, 'twice');
    const calls = await callsOf(async () => expect(await receive(desk, 'twice')).toBe(complaint));
    expect(calls).toEqual({ append: 0, readStream: 0, all: 0 });
  });

  it('decides under a policy that this process adopted, at once', async () => {
    const complaint = await receive(desk);
    await desk.adopt(allowing(4));
    await message(desk, complaint);
    const [, told] = await factsOf(store, `complaint-${complaint}`);
    expect(told!.metadata.policyVersion).toBe((await factsOf(store, 'policy')).length - 1);
  });

  it('decides under a policy that another process adopted, as soon as the server has told', async () => {
    const other = await ledgers.open({ url: server.url, prefix });
    const { version } = await policyOf(store);
    await adoptPolicy({ ...desk.parts, store: other }, { policy: { ...defaultPolicy, ...allowing(5) }, source: 'api' });
    await eventually(async () => {
      const complaint = await receive(desk);
      const [opening] = await factsOf(store, `complaint-${complaint}`);
      return opening!.metadata.policyVersion === version + 1;
    }, 'the new policy is decided under');
    expect(await callsOf(() => receive(desk))).toEqual({ append: 1, readStream: 1, all: 0 });
    await other.close();
  });

  it('reads the policy at each command while nobody tells of it', async () => {
    const complaint = await receive(desk);
    const armed = server.faults.arm('subscribeToStream', { kind: 'refused', refusal: tooBusy }, { times: Infinity });
    server.faults.subscriptions.filter(({ stream }) => stream === `${prefix}policy`).forEach((one) => one.end());
    await eventually(
      async () => (await callsOf(() => message(desk, complaint))).readStream > 0,
      'the policy is read again',
    );
    armed.lift();
    await eventually(
      async () => (await callsOf(() => message(desk, complaint))).readStream === 0,
      'the policy is listened to again',
    );
  });

  const policyOf = async (of: EventStoreDbEventStore): Promise<{ version: number }> => ({
    version: (await factsOf(of, 'policy')).length - 1,
  });
});

describe('what is remembered of a server', () => {
  /**
   * A complaint with one message, and a backup of before it, on which somebody else has gone on: at the revision that is
   * remembered here stands something else there.
   */
  const restorable = async () => {
    const folder = folderOf();
    const server = await startEventStoreServer({ dataDir: folder });
    const prefix = 'restored-';
    const store = await ledgers.open({ url: server.url, prefix, callMs: 500 });
    const desk = await deskInMemory(() => store);
    const complaint = await receive(desk);
    const backup = folderOf(folder);
    const there = await startEventStoreServer({ dataDir: backup });
    const other = await ledgers.open({ url: there.url, prefix });
    const elsewhere = await processBeside(desk, other);
    await message(elsewhere, complaint);
    await message(desk, complaint);
    await Promise.all([elsewhere.close(), other.close()]);
    await there.stop();
    let running = server;
    return {
      server,
      store,
      desk,
      complaint,
      restore: async () => {
        await running.stop();
        running = await startEventStoreServer({ dataDir: backup, port: server.port });
      },
      end: async () => {
        await Promise.all([desk.close(), store.close()]);
        await running.stop();
      },
    };
  };

  it('falls when it was restored to an older moment behind the same address', async () => {
    const { store, desk, complaint, restore, end } = await restorable();
    await restore();
    expect(await message(desk, complaint)).toBe(2);
    expect(await message(desk, complaint)).toBe(3);
    expect(await chainOf(store, complaint)).toBe(4);
    await end();
  });

  it.each([
    ['before it reached the server', { kind: 'cut' }],
    ['after it was stored there', { kind: 'cut', stored: true }],
    ['while nobody answered', { kind: 'silent' }],
    ['while it was not ready', { kind: 'refused', refusal: notReady }],
  ] as const)('falls when that happened under a command, %s', async (_when, fault) => {
    const { server, store, desk, complaint, restore, end } = await restorable();
    const armed = server.faults.arm('append', fault, { times: Infinity });
    const told = message(desk, complaint);
    await eventually(() => armed.hits > 0, 'it is on its way');
    await restore();
    expect(await told).toBe(2);
    expect(await chainOf(store, complaint)).toBe(3);
    await end();
  });

  it('falls with the leader', async () => {
    const cluster = await startEventStoreCluster();
    const store = await ledgers.open({ url: cluster.url });
    const desk = await deskInMemory(() => store);
    const complaint = await receive(desk);
    const before = store.interruptions;
    cluster.lead(1);
    expect(await message(desk, complaint)).toBe(1);
    expect(store.interruptions).toBeGreaterThan(before);
    expect(await message(desk, complaint)).toBe(2);
    expect(await chainOf(store, complaint)).toBe(3);
    await Promise.all([desk.close(), store.close()]);
    await cluster.stop();
  });

  it('falls with the epoch', async () => {
    const server = await startEventStoreServer();
    const store = await ledgers.open({ url: server.url });
    await store.epoch();
    const before = store.interruptions;
    await store.identity.renewEpoch();
    await store.epoch();
    expect(store.interruptions).toBeGreaterThan(before);
    await store.close();
    await server.stop();
  });
});
