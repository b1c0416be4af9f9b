import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { runReadModelCommand } from '#projector/read-model-command';
import { startProjector, type Projector } from '#projector/projector';
import { complaintResolved } from '#complaint/ending/events';
import { customerThanked } from '#complaint/conversation/events';
import { handlerAssigned } from '#complaint/intake/events';
import { personalText } from '#fact/personal';
import { failureOf } from '#ledger/follow/failure';
import { inTransaction } from '#postgres/database';
import { followUpOpened } from '#follow-up/events';
import { NoReadModel, ask, waitFor } from '#read-models/asking';
import { complaints } from '#read-models/complaints/projection';
import { searchComplaints } from '#read-models/complaints/query';
import { listFollowUpCalls } from '#read-models/follow-up-calls/query';
import {
  dropGeneration,
  ensureBuilding,
  ensureLive,
  generationsOf,
  subscriptionOf,
  sweepCheckpoints,
} from '#read-models/generations';
import { followerOf } from '#read-models/following';
import { readModels } from '#read-models/models';
import { NothingToRollBackTo, RebuildEnded, rebuild, rollBack } from '#read-models/rebuild';
import { catchUp, openWorld, parkedIn, receipt, sumsOf, type World } from '#read-models/read-models.stories';
import { switchTo } from '#read-models/switching';
import { sampleFact } from '../support/facts.ts';
import { eventually } from '#test/support/eventually';

jest.setTimeout(60_000);

const silent = { info: () => {}, warn: () => {}, error: () => {} };

let world: World;
let end: AbortController;
const running: Projector[] = [];
beforeEach(async () => {
  world = await openWorld();
  end = new AbortController();
});
afterEach(async () => {
  end.abort();
  await Promise.all(running.splice(0).map(({ ended }) => ended));
  await world.close();
});

const start = (): Projector => {
  const projector = startProjector({ ...world, signal: end.signal, log: silent });
  running.push(projector);
  return projector;
};
const untilRead = async (): Promise<void> => {
  const head = (await world.store.head())!;
  for (const model of readModels)
    expect([model.model, await waitFor(world.readers, model, head, 20_000)]).toEqual([model.model, true]);
};
const search = () => searchComplaints(world.readers, {}, { limit: 200 });
const rebuilding = (more = {}) =>
  rebuild({ ...world, projection: complaints, signal: end.signal, evenIfDifferent: false, ...more });

/** Complaints that go on coming, with facts of several kinds, from several writers. */
const writeOn = () => {
  const stopped = new AbortController();
  let written = 0;
  const writer = async (): Promise<void> => {
    while (!stopped.signal.aborted) {
      const id = randomUUID();
      await world.complaint(id, [receipt({ customerReference: `C-${written}`, order: `A-${written}` })]);
      await world.complaint(id, [
        handlerAssigned({ handler: 'anna' }),
        complaintResolved({ text: personalText('Done.') }),
      ]);
      written++;
    }
  };
  const done = Promise.all([writer(), writer(), writer()]);
  return { count: () => written, stop: async () => (stopped.abort(), await done, written) };
};

describe('a projector at rest', () => {
  it('asks one question for all models, twice a second, which generations answer', async () => {
    const projector = start();
    await eventually(async () => (await projector.status()).ready, 'every model is kept');
    const asked = jest.spyOn(world.pool, 'query');
    await sleep(3_000);
    const looks = asked.mock.calls.filter(([text]) => /from es\.read_models where state = 'live'/.test(`${text}`));
    asked.mockRestore();
    expect(looks.length).toBeGreaterThanOrEqual(2);
    // Models that look at different moments would ask a multiple of it.
    expect(looks.length).toBeLessThanOrEqual(12);
    expect(readModels.length * 6).toBeGreaterThan(12);
  });
});

describe('the projector', () => {
  it('fills every model, what was recorded before it started and what comes, and says when it is ready', async () => {
    const [id, call] = [randomUUID(), randomUUID()];
    await world.complaint(id, [receipt()]);
    await expect(search()).rejects.toThrow(NoReadModel);
    const projector = start();
    await eventually(async () => (await projector.status()).ready, 'ready');
    const position = (
      await world.call(call, [
        followUpOpened({
          kind: 'after-resolution',
          complaint: id,
          resolution: randomUUID(),
          customer: randomUUID(),
          due: '2026-03-05T09:00:00.000Z',
          attemptLimit: 3,
          attemptGap: 'PT4H',
        }),
      ])
    )[0]!.position;
    await untilRead();
    expect((await search()).items.map((item) => item.id)).toEqual([id]);
    const calls = await listFollowUpCalls(world.readers, {}, { limit: 10 });
    expect(calls.items.map((item) => item.id)).toEqual([call]);
    expect(calls.asOf.position).toBe(position);
    const { models } = await projector.status();
    expect(models.map(({ model }) => model)).toEqual(readModels.map(({ model }) => model));
    for (const status of models) expect(status).toMatchObject({ state: 'caught-up', lagFacts: 0, parked: 0, position });
  });

  it('is fenced against a second one: both at work, and each fact is applied once in effect', async () => {
    const writing = writeOn();
    start();
    start();
    await eventually(async () => writing.count() > 40, 'some complaints');
    const written = await writing.stop();
    await untilRead();
    const { answer } = await ask(
      world.readers,
      complaints,
      async (tx, schema) =>
        (await tx.query(`select count(*)::int as n, min(revision) as revision from ${schema}.complaints`)).rows[0],
    );
    expect(answer).toEqual({ n: written, revision: 2 });
  });

  it('parks a fact that cannot be applied with the rest of its complaint, goes on with the others, and says so', async () => {
    const [poor, good] = [randomUUID(), randomUUID()];
    // A fact that no rule decided: the complaint does not begin with its receipt.
    const stream = `complaint-${poor}`;
    await world.store.append(stream, 'no_stream', [
      sampleFact({ type: 'HandlerAssigned', data: { handler: 'anna' }, stream }),
    ]);
    await world.complaint(good, [receipt()]);
    const projector = start();
    await untilRead();
    const { items, asOf } = await search();
    expect(items.map(({ id }) => id)).toEqual([good]);
    expect(asOf.parked).toBe(1);
    expect((await projector.status()).models.find(({ model }) => model === 'complaints')).toMatchObject({ parked: 1 });
  });

  it('stops before a fact of a kind that it does not know, and is not ready', async () => {
    const stream = `complaint-${randomUUID()}`;
    await world.store.append(stream, 'no_stream', [sampleFact({ type: 'FromTheFuture', stream })]);
    const projector = start();
    await eventually(
      async () => (await projector.status()).models.every(({ state }) => state === 'stopped'),
      'stopped',
    );
    const status = await projector.status();
    expect(status.ready).toBe(false);
    expect(status.models[0]).toMatchObject({ error: expect.stringMatching(/^UnknownFact/) });
    expect(await parkedIn(world.pool, await ensureLive(world.pool, complaints))).toBe(0);
  });
});

describe('a generation of a version before', () => {
  it('gets the indexes that lists ask for since', async () => {
    const { schema } = await ensureLive(world.pool, complaints);
    const made = async (): Promise<boolean> => {
      const { rowCount } = await world.pool.query(
        `select from pg_indexes where schemaname = $1 and indexname = 'complaints_reference'`,
        [schema],
      );
      return rowCount === 1;
    };
    expect(await made()).toBe(true);
    await world.pool.query(`drop index ${schema}.complaints_reference`);
    start();
    await eventually(made, 'the index');
  });
});

describe('waiting for a position', () => {
  it('ends as soon as the model has read it, and gives up after the patience', async () => {
    const [received] = await world.complaint(randomUUID(), [receipt()]);
    await catchUp(world, [complaints]);
    expect(await waitFor(world.readers, complaints, received!.position)).toBe(true);
    const [next] = await world.complaint(randomUUID(), [receipt()]);
    expect(await waitFor(world.readers, complaints, next!.position, 50)).toBe(false);
    const waiting = waitFor(world.readers, complaints, next!.position, 20_000);
    await catchUp(world, [complaints]);
    expect(await waiting).toBe(true);
  });

  it('refuses a position of another ledger', async () => {
    await expect(waitFor(world.readers, complaints, `other.${'1'.padStart(20, '0')}`)).rejects.toThrow(
      'another ledger',
    );
  });
});

describe('rebuilding a read model', () => {
  it('under write load gives the same rows, switches in one step, and questions are answered all the while', async () => {
    const projector = start();
    const writing = writeOn();
    await eventually(async () => writing.count() > 200, 'more than a rebuild applies while both stand still');
    const answered = new AbortController();
    let answers = 0;
    let known = '';
    const asking = (async () => {
      while (!answered.signal.aborted) {
        const { asOf } = await search();
        // What a list has known, the next one knows too, whichever generation answers.
        expect((asOf.position ?? '') >= known).toBe(true);
        known = asOf.position ?? '';
        answers++;
        await sleep(5);
      }
    })();
    const before = await ensureLive(world.pool, complaints);
    const told: number[] = [];
    const rebuilt = await rebuilding({ onProgress: (status: { lagFacts: number }) => void told.push(status.lagFacts) });
    expect(rebuilt).toMatchObject({ switched: true, equal: true, different: [], parked: 0 });
    expect(told.length).toBeGreaterThan(0);
    expect(rebuilt.generation.schema).not.toBe(before.schema);
    expect((await ensureLive(world.pool, complaints)).schema).toBe(rebuilt.generation.schema);

    const count = writing.count();
    await eventually(async () => writing.count() > count + 10, 'the writers go on');
    const written = await writing.stop();
    await untilRead(); // by the projector, which has heard of the switch
    answered.abort();
    await asking;
    expect(answers).toBeGreaterThan(0);
    const rows = await sumsOf(world.pool, complaints, rebuilt.generation);
    expect(rows.map((sum) => sum.rows)).toEqual([written, 2 * written, 2 * written]);
    expect((await projector.status()).models[0]!.schema).toBe(rebuilt.generation.schema);

    // And back again: the old tables are brought up to date first.
    const back = await rollBack({ ...world, projection: complaints, signal: end.signal });
    expect(back).toMatchObject({ switched: true, equal: true, generation: { schema: before.schema } });
    expect((await sumsOf(world.pool, complaints, before)).map((sum) => sum.rows)).toEqual([
      written,
      2 * written,
      2 * written,
    ]);
  }, 120_000);

  it('makes the indexes that only questions use when the rows are there, and before it switches', async () => {
    const indexesIn = async (schema: string): Promise<string[]> =>
      (await world.pool.query('select indexname from pg_indexes where schemaname = $1 order by 1', [schema])).rows.map(
        ({ indexname }: { indexname: string }) => indexname,
      );
    await world.complaint(randomUUID(), [receipt()]);
    await catchUp(world, [complaints]);
    const live = await ensureLive(world.pool, complaints);
    const building = await ensureBuilding(world.pool, complaints);
    expect(await indexesIn(building.schema)).toEqual(['complaints_pkey', 'labels_pkey', 'terms_pkey']);
    expect((await rebuilding()).generation).toMatchObject({ schema: building.schema });
    expect(await indexesIn(building.schema)).toEqual(await indexesIn(live.schema));
    expect(await indexesIn(live.schema)).toContain('complaints_received');
  });

  it('does not switch to rows that differ unless it is told to, and says which table', async () => {
    await world.complaint(randomUUID(), [receipt()]);
    await catchUp(world, [complaints]);
    const live = await ensureLive(world.pool, complaints);
    await world.pool.query(`update ${live.schema}.complaints set handler = 'nobody'`);
    const refused = await rebuilding();
    expect(refused).toMatchObject({ switched: false, equal: false, different: [{ table: 'complaints' }] });
    expect((await ensureLive(world.pool, complaints)).schema).toBe(live.schema);
    const switched = await rebuilding({ evenIfDifferent: true });
    expect(switched).toMatchObject({ switched: true, equal: false, generation: { schema: refused.generation.schema } });
    expect((await search()).items).toMatchObject([{ handler: null }]);
  });

  it('brings the live tables up to the rebuilt ones when they are behind, and then compares', async () => {
    await world.complaint(randomUUID(), [receipt()]);
    await catchUp(world, [complaints]);
    await world.complaint(randomUUID(), [receipt()]);
    expect(await rebuilding()).toMatchObject({ switched: true, equal: true, position: await world.store.head() });
    expect((await search()).items).toHaveLength(2);
  });

  it('stops before a fact that cannot be applied; the live tables go on answering', async () => {
    const stream = `complaint-${randomUUID()}`;
    await world.complaint(randomUUID(), [receipt()]);
    await world.store.append(stream, 'no_stream', [
      sampleFact({ type: 'HandlerAssigned', data: { handler: 'anna' }, stream }),
    ]);
    start();
    await untilRead();
    const said: string[] = [];
    expect(
      await runReadModelCommand(['rebuild', 'complaints'], {
        ...world,
        signal: end.signal,
        say: (line) => void said.push(line),
      }),
    ).toBe(1);
    expect(said.join('\n')).toMatch(/cannot apply/);
    expect((await search()).items).toHaveLength(1);
  }, 30_000);

  it('goes on with what an ended one has left', async () => {
    for (let n = 0; n < 3; n++) await world.complaint(randomUUID(), [receipt()]);
    const left = await ensureBuilding(world.pool, complaints);
    expect(await rebuilding()).toMatchObject({ switched: true, generation: { schema: left.schema } });
  });

  it('lets no other switch come between', async () => {
    await catchUp(world, [complaints]);
    const building = await ensureBuilding(world.pool, complaints);
    const both = await Promise.allSettled(
      [1, 2].map(() => switchTo({ ...world, projection: complaints, to: building, evenIfDifferent: false })),
    );
    expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect((await generationsOf(world.pool, complaints)).map(({ state }) => state)).toEqual(['live', 'retired']);
  });

  it('works from the beginning after the ledger was copied or restored and the old checkpoints belong to no one', async () => {
    for (let n = 0; n < 3; n++) await world.complaint(randomUUID(), [receipt()]);
    await catchUp(world, [complaints]);
    const before = await ensureLive(world.pool, complaints);
    const left = await ensureBuilding(world.pool, complaints);
    await world.pool.query('insert into es.checkpoints (subscription, position) values ($1, $2)', [
      subscriptionOf(left.schema),
      await world.store.head(),
    ]);
    await world.identity.renewEpoch();
    await search().catch(() => undefined); // the ledger notices its new name when it is asked by the old one

    const logged: string[] = [];
    const note = (details: object, text: string): void => void logged.push(JSON.stringify(details) + text);
    const projector = startProjector({ ...world, signal: end.signal, log: { info: note, warn: note, error: note } });
    running.push(projector);
    const standing = async () => (await projector.status()).models.find(({ model }) => model === 'complaints')!;
    await eventually(async () => (await standing()).state === 'stopped', 'it stands');
    expect(await standing()).toMatchObject({ error: 'other-epoch', lagFacts: 3 });
    expect(logged.join()).toMatch(/its checkpoint is of another epoch: the ledger was copied or restored/);
    await expect(search()).rejects.toThrow('another ledger');

    const said: string[] = [];
    const say = (line: string): void => void said.push(line);
    expect(await runReadModelCommand(['rebuild', 'complaints'], { ...world, signal: end.signal, say })).toBe(0);
    expect(said.join()).toMatch(/of another ledger, so there was nothing to compare/);
    expect((await ensureLive(world.pool, complaints)).schema).not.toBe(before.schema);
    expect(await generationsOf(world.pool, complaints)).not.toContainEqual(
      expect.objectContaining({ schema: left.schema, state: 'building' }),
    );
    await world.complaint(randomUUID(), [receipt()]);
    await eventually(async () => (await search()).items.length === 4, 'it goes on');
    await eventually(async () => (await projector.status()).ready, 'it is well');
    await expect(rollBack({ ...world, projection: complaints, signal: end.signal })).rejects.toThrow('rebuild instead');
  });

  it('by two at once is done by one; the other stands by and finds it done', async () => {
    for (let n = 0; n < 3; n++) await world.complaint(randomUUID(), [receipt()]);
    await catchUp(world, [complaints]);
    const both = await Promise.allSettled([rebuilding(), rebuilding()]);
    expect(both.map(({ status }) => status)).toContain('fulfilled');
    const states = (await generationsOf(world.pool, complaints)).map(({ state }) => state);
    expect(states.filter((state) => state === 'live')).toHaveLength(1);
    expect(states).not.toContain('building');
  });

  it('is followed on by one of several projectors, whichever that is', async () => {
    await world.complaint(randomUUID(), [receipt()]);
    const projectors = [start(), start(), start()];
    await untilRead();
    expect(await rebuilding()).toMatchObject({ switched: true, equal: true });
    await world.complaint(randomUUID(), [receipt()]);
    await untilRead();
    const { schema } = await ensureLive(world.pool, complaints);
    await eventually(async () => {
      const models = await Promise.all(projectors.map(async (projector) => (await projector.status()).models[0]!));
      return (
        models.every((model) => model.schema === schema) &&
        models.filter(({ state }) => state === 'standby').length === 2
      );
    }, 'all have heard of it');
    expect((await search()).items).toHaveLength(2);
  });

  it('has nothing to go back to at first', async () => {
    await catchUp(world, [complaints]);
    await expect(rollBack({ ...world, projection: complaints, signal: end.signal })).rejects.toThrow(
      NothingToRollBackTo,
    );
  });
});

describe('dropping a generation', () => {
  it('removes its tables, checkpoint and parked facts, never those that answer', async () => {
    await world.complaint(randomUUID(), [receipt()]);
    await catchUp(world, [complaints]);
    const live = await ensureLive(world.pool, complaints);
    expect(await dropGeneration(world.pool, live.schema)).toBe(false);
    expect(await dropGeneration(world.pool, 'es')).toBe(false);
    await rebuilding();
    expect(await dropGeneration(world.pool, live.schema)).toBe(true);
    expect(
      (await world.pool.query('select 1 from es.checkpoints where subscription like $1', [`%${live.schema}`])).rowCount,
    ).toBe(0);
    expect((await world.pool.query('select 1 from pg_namespace where nspname = $1', [live.schema])).rowCount).toBe(0);
    expect((await search()).items).toHaveLength(1);
  });

  it('takes what an older version answered from as soon as nobody follows it, and never a newer one', async () => {
    const { pool } = world;
    const [older, newer] = [-1, 1].map((by) => ({ ...complaints, version: complaints.version + by }));
    const left = await ensureLive(pool, older!);
    await pool.query(
      `insert into es.checkpoints (subscription, lease_until) values ($1, clock_timestamp() + interval '1 minute')`,
      [subscriptionOf(left.schema)],
    );
    expect(await dropGeneration(pool, left.schema, readModels)).toBe(false);
    await pool.query('update es.checkpoints set lease_until = null');
    expect(await dropGeneration(pool, left.schema, [older!])).toBe(false);
    expect(await dropGeneration(pool, left.schema, readModels)).toBe(true);
    expect((await pool.query('select 1 from pg_namespace where nspname = $1', [left.schema])).rowCount).toBe(0);
    for (const known of [complaints, newer!])
      expect(await dropGeneration(pool, (await ensureLive(pool, known)).schema, readModels)).toBe(false);
  });

  it('leaves alone what somebody is building, until he has ended', async () => {
    const { pool } = world;
    await ensureLive(pool, complaints);
    const building = await ensureBuilding(pool, complaints);
    await pool.query(
      `insert into es.checkpoints (subscription, lease_until) values ($1, clock_timestamp() + interval '1 minute')`,
      [subscriptionOf(building.schema)],
    );
    expect(await dropGeneration(pool, building.schema)).toBe(false);
    await pool.query('update es.checkpoints set lease_until = null');
    expect(await dropGeneration(pool, building.schema)).toBe(true);
    expect((await generationsOf(pool, complaints)).map(({ state }) => state)).toEqual(['live']);
  });

  it.each([
    ['with more to apply than is left for the switch', 600],
    ['with nothing to apply', 0],
  ])('ends a rebuild of it that had not heard of it, which leaves no trace: %s', async (_what, facts) => {
    const { pool } = world;
    await Promise.all(Array.from({ length: facts }, () => world.complaint(randomUUID(), [receipt()])));
    await ensureLive(pool, complaints);
    const building = await ensureBuilding(pool, complaints);
    // Gone between two looks, as when a lease was over for a while.
    const blind = Object.assign(Object.create(world.store) as typeof world.store, {
      epoch: async () => {
        await dropGeneration(pool, building.schema);
        return world.store.epoch();
      },
    });
    const rebuilt = rebuild({
      ...world,
      store: blind,
      projection: complaints,
      signal: end.signal,
      evenIfDifferent: false,
    });
    await expect(rebuilt).rejects.toThrow(RebuildEnded);
    await expect(rebuilt).rejects.toThrow(`${building.schema} was dropped`);
    const { rows } = await pool.query('select subscription from es.checkpoints');
    expect(rows.map(({ subscription }) => subscription)).not.toContain(subscriptionOf(building.schema));
  });

  it('ends what a follower that had not heard of it would leave behind', async () => {
    await catchUp(world, [complaints]);
    const subscription = `projector:rm_complaints_v${complaints.version}_g`;
    await world.pool.query(`insert into es.checkpoints (subscription) values ($1), ('publisher@1')`, [
      `${subscription}99`,
    ]);
    await sweepCheckpoints(world.pool);
    const { rows } = await world.pool.query('select subscription from es.checkpoints order by 1');
    expect(rows).toEqual([{ subscription: `${subscription}1` }, { subscription: 'publisher@1' }]);
  });

  it('is no fault of the next fact: a follower that has not heard of it waits, and parks nothing', async () => {
    await world.complaint(randomUUID(), [receipt()]);
    await catchUp(world, [complaints]);
    const live = await ensureLive(world.pool, complaints);
    await rebuilding();
    await dropGeneration(world.pool, live.schema);
    const { events } = await world.store.readAll({ maxCount: 10 });
    const applying = inTransaction(world.pool, (tx) => followerOf(complaints, live, world).apply(events, tx));
    expect(failureOf(await applying.catch((error: unknown) => error))).toBe('transient');
  });

  it('does no harm to the projector that follows it: nothing is parked, and it goes on with the one that answers', async () => {
    start();
    await world.complaint(randomUUID(), [receipt()]);
    await untilRead();
    const live = await ensureLive(world.pool, complaints);
    await rebuilding();
    await dropGeneration(world.pool, live.schema);
    for (let n = 0; n < 5; n++)
      await world.complaint(randomUUID(), [receipt(), customerThanked({ why: personalText('It helps.') })]);
    await untilRead();
    expect((await search()).items).toHaveLength(6);
    expect((await world.pool.query('select count(*)::int as n from es.parked')).rows[0].n).toBe(0);
  });
});

describe('erasing under way', () => {
  it('leaves no HMAC behind, whatever is projected at the same time, and a rebuild is equal', async () => {
    start();
    const subjects = Array.from({ length: 12 }, () => randomUUID());
    await Promise.all(
      subjects.map(async (subject, n) => {
        for (let at = 0; at < 3; at++)
          await world.complaint(randomUUID(), [receipt({ subject, customerReference: `C-${n}`, order: `A-${n}` })]);
        if (n % 2 === 0) await world.erase(subject);
      }),
    );
    await untilRead();
    const { answer } = await ask(
      world.readers,
      complaints,
      async (tx, schema) =>
        (
          await tx.query(
            `select c.customer, bool_or(t.hmac is not null) as found from ${schema}.complaints c join ${schema}.terms t using (complaint) group by 1`,
          )
        ).rows,
    );
    const found = new Map(answer.map(({ customer, found }) => [customer, found]));
    expect(subjects.map((subject) => found.get(subject))).toEqual(subjects.map((_, n) => n % 2 === 1));
    expect(await rebuilding()).toMatchObject({ switched: true, equal: true });
  });
});

describe('an erasure', () => {
  it('waits for a projection that has opened the texts, and empties what it wrote', async () => {
    const subject = randomUUID();
    await world.complaint(randomUUID(), [receipt({ subject, customerReference: 'C-1042', order: 'A-77' })]);
    const live = await ensureLive(world.pool, complaints);
    const { events } = await world.store.readAll({ maxCount: 10 });
    let erasing: Promise<unknown> | undefined;
    await inTransaction(world.pool, async (tx) => {
      await followerOf(complaints, live, world).apply(events, tx);
      erasing = world.erase(subject);
      await sleep(200); // an erasure that did not wait would be over, and would have seen no rows
    });
    await erasing;
    const { rows } = await world.pool.query(`select hmac from ${live.schema}.terms`);
    expect(rows).toEqual([{ hmac: null }, { hmac: null }]);
  });
});

describe('the command line', () => {
  it('lists, rebuilds all, goes back and drops, in words', async () => {
    await world.complaint(randomUUID(), [receipt()]);
    await catchUp(world);
    const run = async (...args: string[]) => {
      const said: string[] = [];
      const exit = await runReadModelCommand(args, {
        ...world,
        signal: end.signal,
        say: (line) => void said.push(line),
      });
      return { exit, said: said.join('\n') };
    };
    expect(await run('rebuild', 'all')).toMatchObject({
      exit: 0,
      said: expect.stringMatching(/complaints: compared at .*: equal/),
    });
    const listed = await run('list');
    expect(listed.said).toMatch(/rm_overdue_v2_g1 {2}retired/);
    expect(listed.said).toMatch(/rm_overdue_v2_g2 {2}live {2}at .*, 0 facts behind, 0 parked/);
    expect(await run('rollback', 'overdue')).toMatchObject({ exit: 0 });
    expect(await run('drop', 'rm_overdue_v2_g1')).toMatchObject({ exit: 1 });
    expect(await run('drop', 'rm_overdue_v2_g2')).toMatchObject({ exit: 0 });
    for (const args of [
      [],
      ['rebuild'],
      ['rebuild', 'sofas'],
      ['rollback', 'all'],
      ['rebuild', 'all', '--force'],
      ['list', 'all'],
    ])
      expect((await run(...args)).exit).toBe(2);
  }, 60_000);
});
