import { randomUUID } from 'node:crypto';
import { readStatus } from '#ledger/follow/status';
import { PostgresEventStore } from '#ledger/adapters/postgres/postgres-event-store';
import {
  database,
  pool,
  watch,
  subscription,
  insert,
  start,
  fact,
  tell,
  checkpoint,
  untilAtHead,
  applied,
  expectAllAppliedOnce,
  parked,
} from './frame.ts';
import { eventually } from '#test/support/eventually';

describe('a crash', () => {
  it('between apply and commit leaves no trace: the facts are applied once in effect', async () => {
    await tell('a', 10);
    let crashes = 2;
    const following = start({
      maxBatch: 4,
      apply: async (events, tx) => {
        await insert(events, tx);
        if (crashes-- > 0) await tx.query('select pg_terminate_backend(pg_backend_pid())');
      },
    });
    await untilAtHead();
    await expectAllAppliedOnce();
    expect(crashes).toBeLessThan(0);
    expect(following.told.every((status) => status.parked === 0)).toBe(true);
  });

  it('between the commit and its answer applies nothing a second time', async () => {
    await tell('a', 10);
    let lost = 0;
    // The pool loses the answer of the first two commits that followed an insert.
    const losing = new Proxy(pool, {
      get: (target, name) => {
        if (name !== 'connect') return Reflect.get(target, name).bind?.(target) ?? Reflect.get(target, name);
        return async () => {
          const client = await target.connect();
          return new Proxy(client, {
            get: (inner, member) => {
              const value = Reflect.get(inner, member);
              if (member !== 'query') return typeof value === 'function' ? value.bind(inner) : value;
              return async (text: string, ...rest: unknown[]) => {
                const answer = await (inner.query as (...all: unknown[]) => Promise<unknown>)(text, ...rest);
                if (typeof text === 'string' && text.endsWith('commit') && lost < 2)
                  throw (lost++, Object.assign(new Error('read'), { code: 'ECONNRESET' }));
                return answer;
              };
            },
          });
        };
      },
    });
    start({ maxBatch: 4 }, { pool: losing });
    await untilAtHead();
    expect(lost).toBe(2);
    await expectAllAppliedOnce();
  });

  it('of connections at any moment loses and doubles nothing', async () => {
    const following = start({ maxBatch: 5 });
    for (let round = 0; round < 15; round++) {
      await tell(`s${round % 3}`, 10);
      await watch.query(
        `select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and application_name = 'test'`,
      );
    }
    await untilAtHead();
    expect(await following.stop()).toBeUndefined();
    await expectAllAppliedOnce();
    expect(await parked()).toEqual([]);
  });
});

describe('following the ledger on PostgreSQL', () => {
  it('applies each fact once, in order, under writers, with a second follower and with connections that are cut', async () => {
    const ledger = new PostgresEventStore({ url: database.url });
    const second = new PostgresEventStore({ url: database.url });
    try {
      const followers = [start({ maxBatch: 20 }, { store: ledger }), start({ maxBatch: 20 }, { store: second })];
      const write = async (stream: string): Promise<void> => {
        for (let revision = -1n; revision < 24n; revision++)
          await ledger.append(stream, revision < 0n ? 'no_stream' : revision, [fact(Number(revision) + 1)]);
      };
      const writing = Promise.all(Array.from({ length: 8 }, () => write(`complaint-${randomUUID()}`)));
      for (let round = 0; round < 5; round++) {
        await new Promise((resolve) => setTimeout(resolve, 20));
        // The followers' connections only: an append whose connection is cut has an unknown outcome, which is another story.
        await watch.query(
          `select pg_terminate_backend(pid) from pg_stat_activity
            where datname = current_database() and application_name = 'test'`,
        );
      }
      await writing;
      await eventually(async () => (await checkpoint()) === (await ledger.head()), 'the checkpoint at the head');
      for (const follower of followers) expect(await follower.stop()).toBeUndefined();
      const facts = (await ledger.readAll({ maxCount: 1000 })).events;
      expect(facts).toHaveLength(200);
      expect((await applied()).map((row) => row.event_id)).toEqual(facts.map((event) => event.id));
      expect(await readStatus(watch, ledger, subscription)).toMatchObject({
        lagFacts: 0,
        lagIsAtLeast: false,
        lagSeconds: 0,
      });
    } finally {
      await ledger.close();
      await second.close();
    }
  });
});
