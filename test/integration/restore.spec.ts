import { randomBytes } from 'node:crypto';
import { appendFile, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readManifest } from '#backup/manifest';
import { runReadModelCommand } from '#projector/read-model-command';
import { numberOfReference } from '#desk/reference';
import { eraseSubject } from '#privacy/erase';
import { makeLog } from '#program/log';
import { openParts } from '#program/program-dependencies';
import { readSettings } from '#settings/settings';
import { markedLife, type Lived } from '../journeys/erasure.stories.ts';
import { makeDeployment, type Deployment, type Environment, type Running } from '../support/deployment.ts';
import { describeWithEventStore } from '../support/eventstore.ts';
import { describeWithKafka, readTopic, type ReadMessage } from '../support/kafka.ts';
import type { TestDatabase } from '../support/test-database.ts';

jest.setTimeout(120_000);

/** The drill: everything is lost, and an older moment comes back. */
describeWithKafka('a restore', (kafka) => {
  describeWithEventStore('on either ledger', (eventStore) => {
    describe.each(['postgres', 'eventstoredb'] as const)('to %s', (kind) => {
      const organisation = `drill-${randomBytes(4).toString('hex')}`;
      let deployment: Deployment;
      let backup: string;
      let running: Running;
      let lost: Environment;
      let found: Environment;
      let foundDatabase: TestDatabase;
      let anna: Lived;
      let bert: Lived;
      let words: string;
      let references: string[];
      let givenAfter: number;
      let last: { position: string; epoch: string };
      let consumer: Consumer;

      const placeOf = (database: TestDatabase, name: string): Environment => ({
        DATABASE_URL: database.url,
        ...(kind === 'eventstoredb' && { EVENTSTORE_URL: eventStore().url, LEDGER_PREFIX: `${organisation}-${name}-` }),
      });
      const partsOf = (environment: Environment) =>
        openParts(readSettings({ ...deployment.environment, ...environment }, { standalone: true }), {
          databaseUrl: environment['DATABASE_URL']!,
          name: 'test',
          mint: false,
          log: makeLog('silent'),
        });
      const receive = async (text: string): Promise<{ id: string; reference: string }> => {
        const { status, body } = await running.client.post('/v1/complaints', { channel: 'phone', words: text });
        expect(status).toBe(201);
        return body as { id: string; reference: string };
      };
      const latest = async () => (await running.client.get('/v1/events/latest-position')).body;
      const published = async (): Promise<ReadMessage[]> =>
        (await readTopic(kafka().brokers, 'redress.complaints.v1')).filter(
          ({ headers }) => headers['ce_source'] === `/redress/${organisation}`,
        );

      beforeAll(async () => {
        deployment = await makeDeployment({ ORGANISATION: organisation, KAFKA_BROKERS: kafka().brokers });
        backup = join(deployment.room, 'backup');
        lost = placeOf(await deployment.database(), 'one');
        foundDatabase = await deployment.database();
        found = placeOf(foundDatabase, 'two');
        running = await deployment.start(lost);
        anna = await markedLife(running.client, `anna${organisation}`, 'annasmother');
        bert = await markedLife(running.client, `bert${organisation}`, 'bertsmother');
        words = (await running.client.get(`/v1/complaints/${bert.complaints[0]}`)).body.words;
        await running.caughtUp();
      });
      afterAll(() => deployment?.remove());

      it('begins with a backup that was taken while the service was written to', async () => {
        const end = new AbortController();
        const writing = (async () => {
          for (let number = 0; !end.signal.aborted; number++) await receive(`Meanwhile ${number}.`);
        })();
        const { code, said } = await deployment.operate(['backup', '--to', backup], lost);
        end.abort();
        await writing;
        expect([code, said]).toEqual([0, expect.stringMatching(/^\d+ facts in \d+ streams, and \d+ rows beside them/)]);
        expect(said).toContain(join(deployment.room, 'data.master-key'));
        expect(said).toContain(join(deployment.room, 'data.erasures.jsonl'));
      });

      it('holds no readable word in its backup', async () => {
        const manifest = await readManifest(backup);
        expect(manifest.ledger).toBe(kind);
        expect((await readdir(backup)).sort()).toEqual(
          [manifest.facts, ...manifest.following, ...manifest.beside]
            .map(({ file }) => file)
            .concat('manifest.json')
            .sort(),
        );
        const { gunzipSync } = await import('node:zlib');
        for (const file of await readdir(backup)) {
          const bytes = await readFile(join(backup, file));
          const text = (file.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8');
          expect([file, text.includes(organisation) && file !== 'manifest.json']).toEqual([file, false]);
        }
      });

      it('loses what came after it: facts, references, an erasure', async () => {
        const later = [await receive('After the backup.'), await receive('And another one.')];
        references = later.map(({ reference }) => reference);
        const thing = `/v1/complaints/${bert.complaints[0]}/messages`;
        for (const text of ['One more word.', 'And one more.'])
          expect((await running.client.post(thing, { direction: 'in', channel: 'email', text })).status).toBe(201);
        const parts = await partsOf(lost);
        await eraseSubject(parts.erasing, anna.customer);
        await parts.close();
        await running.caughtUp();
        last = await latest();
        consumer = new Consumer();
        consumer.read(await published());
        expect(consumer.restored.size).toBe(0);
        await running.stop();
      });

      it('refuses a backup that is torn or damaged, before anything is written', async () => {
        const [torn, damaged, changed] = ['torn', 'damaged', 'changed'].map((name) => join(deployment.room, name));
        for (const copy of [torn!, damaged!, changed!]) {
          await deployment.copyDirectory(backup, copy);
          const manifest = join(copy, 'manifest.json');
          if (copy === torn) await rm(manifest);
          else if (copy === damaged) await appendFile(join(copy, 'es.keys.gz'), 'x');
          else {
            const { nextReference, ...rest } = JSON.parse(await readFile(manifest, 'utf8')) as Record<string, unknown>;
            await writeFile(manifest, JSON.stringify({ ...rest, nextReference: `${Number(nextReference) - 1}` }));
          }
          const { code, said } = await deployment.operate(['restore', '--from', copy], found);
          expect([code, said]).toEqual([
            1,
            expect.stringMatching(/is no backup, or one that was not finished|is damaged/),
          ]);
        }
      });

      it('refuses a master key that does not open the backup, and a database that is not empty', async () => {
        const key = join(deployment.room, 'other.key');
        await writeFile(key, `${randomBytes(32).toString('hex')}\n`, { mode: 0o600 });
        await expect(
          deployment.operate(['restore', '--from', backup], { ...found, MASTER_KEY_FILE: key }),
        ).rejects.toThrow('not the one that this database was made with');
        const { code, said } = await deployment.operate(['restore', '--from', backup], lost);
        expect([code, said]).toEqual([1, expect.stringContaining('is not empty')]);
      });

      it('refuses to begin without the list of erasures: who was erased since would come back', async () => {
        const without = { ...found, ERASURE_LOG: join(deployment.room, 'elsewhere.jsonl') };
        const { code, said } = await deployment.operate(['restore', '--from', backup], without);
        expect([code, said]).toEqual([1, expect.stringMatching(/elsewhere\.jsonl, is not there.*--without-erasures/)]);
      });

      it('does nothing by halves: killed on the way, no program starts on it, and it goes on', async () => {
        const end = new AbortController();
        const killed = deployment.operate(['restore', '--from', backup], found, end.signal, (line) => {
          if (line.startsWith('writing')) end.abort();
        });
        await expect(killed).rejects.toThrow('aborted');
        await expect(deployment.start(found)).rejects.toThrow('serves no ledger now');
        const { code, said } = await deployment.operate(['restore', '--from', backup], found);
        expect([code, said]).toEqual([0, expect.stringContaining('1 erasures since the backup were applied again')]);
        const again = await deployment.operate(['restore', '--from', backup], found);
        expect([again.code, again.said]).toEqual([1, expect.stringContaining('is not empty')]);
      });

      it('brings the facts back, each as its digest says, and the lists equal a rebuild', async () => {
        running = await deployment.start(found);
        expect((await running.client.get(`/v1/complaints/${bert.complaints[0]}`)).body.words).toBe(words);
        const parts = await partsOf(found);
        const said: string[] = [];
        const code = await runReadModelCommand(['rebuild', 'all'], {
          ...parts,
          signal: new AbortController().signal,
          log: makeLog('silent'),
          say: (line) => void said.push(line),
        });
        await parts.close();
        expect([code, said.filter((line) => line.endsWith(': equal')).length]).toEqual([0, 4]);
        const manifest = await readManifest(backup);
        const listed = (await running.client.get('/v1/complaints?limit=200')).body.items as { id: string }[];
        expect(listed.map(({ id }) => id)).toEqual(expect.arrayContaining([...anna.complaints, ...bert.complaints]));
        expect(manifest.sum.facts).toBeGreaterThan(listed.length);
      });

      it('answers repeated commands as the first time', async () => {
        for (const { path, body, sent, got } of bert.asked.slice(0, 5)) {
          const again = await running.client.post(path, body, sent);
          expect([path, again.status, again.body.id]).toEqual([path, got.status, got.body.id]);
        }
      });

      it('keeps who was erased since erased, without anybody’s doing', async () => {
        const { body } = await running.client.get(`/v1/complaints/${anna.complaints[0]}`);
        expect(body.words).toEqual({ erased: true });
        expect(body.customer.name).toEqual({ erased: true });
        const { rows } = await foundDatabase.pool.query(
          'select from es.keys where subject = $1 and wrapped is not null',
          [anna.customer],
        );
        expect(rows).toHaveLength(0);
        expect((await running.client.get(`/v1/customers?reference=anna${organisation}ref`)).status).toBe(404);
      });

      it('never gives a reference again that was given since the backup', async () => {
        const used = references.map((reference) => numberOfReference(reference.replaceAll('-', ''))!);
        for (let number = 0; number < 3; number++) {
          const { reference } = await receive(`After the restore ${number}.`);
          givenAfter = numberOfReference(reference.replaceAll('-', ''))!;
          expect(givenAfter).toBeGreaterThan(Math.max(...used) + 2 ** 20 / 2);
        }
      });

      it('turns old positions away', async () => {
        const { status, body } = await running.client.get(`/v1/events?after=${last.position}`);
        expect([status, body.code]).toEqual([410, 'other-ledger']);
        expect((await latest()).epoch).not.toBe(last.epoch);
      });

      it('tells consumers by the epoch: what they hold of a stream is no longer so', async () => {
        const thing = `/v1/complaints/${bert.complaints[0]}/messages`;
        const instead = { direction: 'in', channel: 'email', text: 'Another word instead.' };
        expect((await running.client.post(thing, instead)).status).toBe(201);
        await running.caughtUp();
        consumer.read(await published());
        expect(consumer.alarms).toEqual([]);
        expect(consumer.restored.has(bert.complaints[0])).toBe(true);
        // It reads that stream again, and holds what the ledger holds.
        const { items } = (await running.client.get(`/v1/events?subject=complaint/${bert.complaints[0]}&limit=1000`))
          .body as { items: { id: string; sequence: string }[] };
        consumer.readAgain(bert.complaints[0], items);
        const facts = (await running.client.get(`/v1/complaints/${bert.complaints[0]}/history`)).body.facts;
        expect(consumer.idsOf(bert.complaints[0])).toEqual((facts as { id: string }[]).map(({ id }) => id));
        // What it holds of a subject that is gone altogether, reconciling tells.
        const gaps = await running.client.get(`/v1/events/gaps?subject=complaint/${bert.complaints[0]}&have=0-900`);
        expect(gaps.body.beyond.length).toBe(1);
      });

      it('brings the same backup back on the other kind of ledger, and gives other references again', async () => {
        const database = await deployment.database();
        const other: Environment = {
          DATABASE_URL: database.url,
          KAFKA_BROKERS: '',
          ...(kind === 'postgres' && { EVENTSTORE_URL: eventStore().url, LEDGER_PREFIX: `${organisation}-other-` }),
        };
        expect(await deployment.operate(['restore', '--from', backup], other)).toMatchObject({ code: 0 });
        const there = await deployment.start(other);
        expect((await there.client.get(`/v1/complaints/${bert.complaints[0]}`)).body.words).toBe(words);
        const next = await there.client.post('/v1/complaints', { channel: 'phone', words: 'After another restore.' });
        expect(numberOfReference(next.body.reference.replaceAll('-', ''))!).toBeGreaterThan(givenAfter + 2 ** 20 / 2);
        await there.stop();
      });

      it('after a restore by other means, sets right what such a restore cannot', async () => {
        const before = await latest();
        const next = await receive('The last reference before.');
        await running.caughtUp();
        await running.stop();
        if (kind === 'postgres')
          // As a snapshot taken before the followers’ last steps would not do, and a stray hand does: ahead of the ledger.
          await foundDatabase.pool.query(
            `update es.checkpoints set position = split_part(position, '.', 1) || '.00000000000000999999' where subscription = 'projector:' || (select schema from es.read_models where model = 'complaints' and state = 'live')`,
          );
        const older = { ...found, ERASURE_LOG: join(deployment.room, 'older.jsonl') };
        await writeFile(older.ERASURE_LOG, '');
        const refused = await deployment.operate(['restored'], older);
        expect([refused.code, refused.said]).toEqual([
          1,
          expect.stringContaining('lacks 1 of those that the database'),
        ]);
        const { code, said } = await deployment.operate(['restored'], found);
        expect([code, said]).toEqual([0, expect.stringContaining('are as their digests say')]);
        running = await deployment.start(found);
        expect((await latest()).epoch).not.toBe(before.epoch);
        const { body } = await running.client.get('/v1/complaints?limit=200');
        expect((body.items as { id: string }[]).map(({ id }) => id)).toContain(next.id);
        const after = await receive('The first reference after.');
        expect(numberOfReference(after.reference.replaceAll('-', ''))!).toBeGreaterThan(
          numberOfReference(next.reference.replaceAll('-', ''))! + 2 ** 20 / 2,
        );
      });

      it('refuses to go on with a ledger that is empty beside a database that is not', async () => {
        await running.stop();
        if (kind === 'postgres') return;
        const mistaken = { ...found, LEDGER_PREFIX: `${organisation}-mistaken-` };
        const { code, said } = await deployment.operate(['restored'], mistaken);
        expect([code, said]).toEqual([1, expect.stringContaining('look at EVENTSTORE_URL and LEDGER_PREFIX')]);
      });

      it('refuses to go on with a database that is older than its ledger', async () => {
        const { rows } = await foundDatabase.pool.query<{ kid: string }>(
          `delete from es.keys where kid = (select kid from es.keys where wrapped is not null order by created desc limit 1) returning kid`,
        );
        expect(rows).toHaveLength(1);
        const { code, said } = await deployment.operate(['restored'], found);
        expect([code, said]).toEqual([1, expect.stringMatching(/lacks the data keys of [1-9]\d* facts/)]);
      });
    });
  });
});

/** A consumer as docs/consumers.md describes one: it knows nothing but the messages. */
class Consumer {
  private readonly seen = new Map<string, { epoch: string; last: number; ids: string[] }>();
  readonly restored = new Set<string>();
  readonly alarms: string[] = [];

  read(messages: readonly ReadMessage[]): void {
    for (const { headers } of messages) {
      const [subject, sequence, id] = [headers['ce_subject']!, Number(headers['ce_sequence']), headers['ce_id']!];
      const epoch = headers['ce_position']!.split('.')[0]!;
      const known = this.seen.get(subject);
      if (known && sequence <= known.last) {
        // Within the epoch a repetition; in a new one the ledger was restored.
        if (known.epoch !== epoch && known.ids[sequence] !== id) this.restored.add(subject);
        continue;
      }
      if (sequence !== (known ? known.last + 1 : 0)) this.alarms.push(`${subject} jumps to ${sequence}`);
      this.seen.set(subject, { epoch, last: sequence, ids: [...(known?.ids ?? []), id] });
    }
  }

  readAgain(subject: string, events: readonly { id: string; sequence: string }[]): void {
    this.seen.set(subject, {
      epoch: '',
      last: Number(events.at(-1)!.sequence),
      ids: events.map(({ id }) => id),
    });
  }

  idsOf(subject: string): readonly string[] {
    return this.seen.get(subject)!.ids;
  }
}
