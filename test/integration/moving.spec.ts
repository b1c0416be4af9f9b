import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { describeWithEventStore } from '../support/eventstore.ts';
import { makeDeployment, type Deployment, type Environment, type Running } from '../support/deployment.ts';
import { describeWithKafka, readTopic, type ReadMessage } from '../support/kafka.ts';
import type { TestDatabase } from '../support/test-database.ts';
import { markedLife, placesOf, type Lived } from '../journeys/erasure.stories.ts';

jest.setTimeout(120_000);

/** A ledger goes from PostgreSQL to EventStoreDB and back, with the whole service on it before and after. */
describeWithKafka('moving between ledgers', (kafka) => {
  describeWithEventStore('of either kind', (eventStore) => {
    const organisation = `move-${randomBytes(4).toString('hex')}`;
    let deployment: Deployment;
    let database: TestDatabase;
    let onPostgres: Environment;
    let onEventStore: Environment;
    let running: Running;
    let lived: Lived;
    let epoch: string;

    beforeAll(async () => {
      deployment = await makeDeployment({ ORGANISATION: organisation, KAFKA_BROKERS: kafka().brokers });
      database = await deployment.database();
      onPostgres = { DATABASE_URL: database.url };
      onEventStore = { ...onPostgres, EVENTSTORE_URL: eventStore().url, LEDGER_PREFIX: `${organisation}-` };
      running = await deployment.start(onPostgres);
      lived = await markedLife(running.client, `anna${organisation}`, `bert${organisation}`);
      await running.caughtUp();
    });
    afterAll(() => deployment?.remove());

    const published = async (): Promise<ReadMessage[]> => {
      const topics = ['redress.complaints.v1', 'redress.follow-ups.v1'];
      const all = await Promise.all(topics.map((topic) => readTopic(kafka().brokers, topic)));
      return all.flat().filter(({ headers }) => headers['ce_source'] === `/redress/${organisation}`);
    };
    const copy = (from: string, to: string) => deployment.operate(['copy', '--from', from, '--to', to], onEventStore);

    /** What every door shows, without positions, which are each ledger's own, and without what time changes. */
    const shown = async (): Promise<ReadonlyMap<string, string>> => {
      const all = new Map<string, string>();
      const lists = ['/v1/complaints?limit=200', '/v1/follow-up-calls', '/v1/recurring-complaints', '/v1/overdue'];
      for (const place of [...(await placesOf(running.client, lived)), ...lists, '/v1/events?limit=1000'])
        all.set(place, timeless((await running.client.get(place)).body));
      return all;
    };

    /** Every text in the database that begins with a ledger's name. */
    const placesOfEpoch = async (name: string): Promise<string[]> => {
      const { rows } = await database.pool.query<{ place: string; statement: string }>(
        `select format('%I.%I.%I', table_schema, table_name, column_name) as place,
                format('select from %I.%I where %I::text like $1 limit 1', table_schema, table_name, column_name) as statement
           from information_schema.columns c join information_schema.tables using (table_schema, table_name)
          where table_type = 'BASE TABLE' and table_schema not in ('pg_catalog', 'information_schema', 'migrations')
            and c.data_type in ('text', 'jsonb', 'ARRAY', 'character varying')`,
      );
      const found: string[] = [];
      for (const { place, statement } of rows)
        if ((await database.pool.query(statement, [`%${name}%`])).rowCount !== 0) found.push(place);
      return found;
    };

    let before: ReadonlyMap<string, string>;
    let messages: ReadMessage[];
    let position: string;

    it('refuses to begin while a program is at work', async () => {
      const { code, said } = await copy('postgres', 'eventstoredb');
      expect(code).toBe(1);
      expect(said).toMatch(/Stop every program of Redress first.*redress-standalone/);
    });

    it('carries every fact over, and says what it compared', async () => {
      before = await shown();
      messages = await published();
      ({ epoch, position } = (await running.client.get('/v1/events/latest-position')).body);
      await running.stop();
      const { code, said } = await copy('postgres', 'eventstoredb');
      expect([code, said]).toEqual([0, expect.stringMatching(/facts in \d+ streams, in the same order: sha256:/)]);
      expect(said).not.toContain(database.url);
    });

    it('leaves no position of the old ledger anywhere, but for its own name', async () => {
      expect(await placesOfEpoch(epoch)).toEqual(['es.head.epoch']);
    });

    it('again changes nothing', async () => {
      expect(await copy('postgres', 'eventstoredb')).toEqual({
        code: 0,
        said: expect.stringContaining('done already'),
      });
    });

    it('lets nobody begin on the old ledger by mistake', async () => {
      await expect(deployment.start(onPostgres)).rejects.toThrow('serves the ledger');
      await expect(
        database.pool.query(
          `insert into es.events (position, stream, revision, id, type, data, metadata)
           values (100000, 'complaint-x', 0, gen_random_uuid(), 'X', '{}', '{}')`,
        ),
      ).rejects.toThrow('at rest');
      const mistaken = join(deployment.room, 'mistaken');
      for (const [args, why] of [
        [['restored', '--without-erasures'], 'is at rest. Its facts were moved to the ledger'],
        [['backup', '--to', mistaken], 'This database serves the ledger'],
      ] as const) {
        const { code, said } = await deployment.operate(args, onPostgres);
        expect([code, said]).toEqual([1, expect.stringContaining(why)]);
      }
    });

    it('answers on the new ledger as on the old one, and publishes nothing twice', async () => {
      running = await deployment.start(onEventStore);
      expect(differences(before, await shown())).toEqual([]);
      expect((await published()).length).toBe(messages.length);
      const latest = (await running.client.get('/v1/events/latest-position')).body;
      expect(latest.epoch).not.toBe(epoch);
    });

    it('turns positions of the old one away, and goes on after a fact', async () => {
      const gone = await running.client.get(`/v1/events?after=${position}`);
      expect([gone.status, gone.body.code]).toEqual([410, 'other-ledger']);
      const last = messages.findLast(({ headers }) => headers['ce_subject'] === lived.complaints[1])!;
      const fact = `complaint/${lived.complaints[1]}/${Number(last.headers['ce_sequence'])}`;
      expect((await running.client.get(`/v1/events?afterFact=${fact}`)).body.items).toEqual([]);
    });

    it('goes on there: commands, their repetition, lists and topics', async () => {
      const { path, body, sent, got } = lived.asked[0]!;
      const again = await running.client.post(path, body, sent);
      expect([again.status, again.body.id]).toEqual([201, got.body.id]);
      const more = await running.client.post('/v1/complaints', { channel: 'phone', words: 'On the new ledger.' });
      expect(more.status).toBe(201);
      await running.caughtUp();
      const listed = (await running.client.get('/v1/complaints?limit=200')).body.items as { id: string }[];
      expect(listed.map(({ id }) => id)).toContain(more.body.id);
      const now = await published();
      expect(now.length).toBe(messages.length + 1);
      expect(new Set(now.map(({ headers }) => headers['ce_id'])).size).toBe(now.length);
      expect(now.find(({ key }) => key === more.body.id)!.headers['ce_position']).not.toContain(epoch);
    });

    it('goes back behind the facts that the old ledger holds, adding only what came since', async () => {
      before = await shown();
      await running.stop();
      const { code, said } = await copy('eventstoredb', 'postgres');
      expect([code, said]).toEqual([0, expect.stringMatching(/^[1-9]\d* facts were copied, \d+ were there already\./)]);
      running = await deployment.start(onPostgres);
      expect(differences(before, await shown())).toEqual([]);
      expect((await published()).length).toBe(messages.length + 1);
      await expect(deployment.start(onEventStore)).rejects.toThrow('serves the ledger');
    });

    it('moves to another database with what lies beside the ledger', async () => {
      const other = await deployment.database();
      await running.stop();
      const move = (to: TestDatabase) =>
        deployment.operate(['copy', '--from', 'postgres', '--to', 'postgres'], {
          ...onPostgres,
          TO_DATABASE_URL: to.url,
        });
      // Killed when the one has let go and the other has not taken over: no program starts on either, and it goes on.
      expect(await deployment.operate(['prepare'], { DATABASE_URL: other.url })).toMatchObject({ code: 0 });
      await other.pool.query(
        `create function refuse() returns trigger language plpgsql as $$ begin raise 'cut off'; end $$;
         create trigger refuse before update on es.served_ledger for each row execute function refuse()`,
      );
      for (let times = 0; times < 2; times++) await expect(move(other)).rejects.toThrow('cut off');
      for (const place of [database, other])
        await expect(deployment.start({ DATABASE_URL: place.url })).rejects.toThrow('serves no ledger now');
      const third = await deployment.database();
      const astray = await move(third);
      expect([astray.code, astray.said]).toEqual([1, expect.stringContaining('its facts went on elsewhere')]);
      await other.pool.query('drop trigger refuse on es.served_ledger; drop function refuse');
      expect(await move(other)).toMatchObject({ code: 0, said: expect.stringContaining('data.master-key') });
      await expect(deployment.start(onPostgres)).rejects.toThrow('serves no ledger now: moved-to-');
      running = await deployment.start({ DATABASE_URL: other.url });
      expect(differences(before, await shown())).toEqual([]);
      expect((await published()).length).toBe(messages.length + 1);
      const next = await running.client.post('/v1/complaints', { channel: 'phone', words: 'In the other one.' });
      expect(next.status).toBe(201);
    });
  });
});

const timeless = (body: unknown): string =>
  JSON.stringify(body, (key, value: unknown) =>
    ['position', 'asOf', 'next', 'clocks', 'nextSteps', 'seconds'].includes(key) ? undefined : value,
  ).replace(/"[0-9a-z]{12}\.\d{20}"/g, '"a position"');

/** Where two readings of every door part, shortly. */
const differences = (before: ReadonlyMap<string, string>, after: ReadonlyMap<string, string>): object[] =>
  [...before].flatMap(([place, was]) => {
    const is = after.get(place) ?? '';
    if (was === is) return [];
    const at = [...was].findIndex((letter, index) => letter !== is[index]);
    return [{ place, was: was.slice(at - 80, at + 80), is: is.slice(at - 80, at + 80) }];
  });
