import { existsSync } from 'node:fs';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { numberOfReference } from '#desk/reference';
import { digestOf } from '#ledger/stream/digest';
import { makeDeployment, type Deployment, type Environment, type Running } from '../support/deployment.ts';
import { recordBackup, SAMPLE, SAMPLE_ORGANISATION, type Told } from './record-backup.ts';

jest.setTimeout(60_000);

/**
 * Every format that backups were ever written in; the last is the one that is written now. A sample of each is kept, and
 * never changed: a version that cannot restore one of them has lost somebody's backups. `RECORD_HISTORY=1` adds the
 * last one's when it is missing, and touches no other.
 */
const FORMATS = [1];
const sampleOf = (format: number): string => `test/history/backup-v${format}`;

interface TableFile {
  readonly file: string;
  readonly table: string;
  readonly columns: readonly string[];
}
interface Manifest {
  readonly format: number;
  readonly epoch: string;
  readonly nextReference: string;
  readonly sum: { readonly facts: number };
  readonly facts: { readonly file: string };
  readonly following: readonly TableFile[];
  readonly beside: readonly TableFile[];
}
type Line = Parameters<typeof digestOf>[0] & { readonly position: string; readonly metadata: { digest: string } };

// Read here as the format was when the sample was made, not by the code that reads it today.
const json = async <T>(...path: string[]): Promise<T> => JSON.parse(await readFile(join(...path), 'utf8')) as T;
const unpacked = async (...path: string[]): Promise<string[]> =>
  gunzipSync(await readFile(join(...path)))
    .toString('utf8')
    .split('\n')
    .slice(0, -1);
const manifestOf = (backup: string): Promise<Manifest> => json<Manifest>(backup, 'manifest.json');
const factsOf = async (backup: string): Promise<Line[]> =>
  (await unpacked(backup, (await manifestOf(backup)).facts.file)).map((line) => JSON.parse(line) as Line);
const rowsOf = async (backup: string, table: string): Promise<Record<string, string>[]> => {
  const { following, beside } = await manifestOf(backup);
  const { file, columns } = [...following, ...beside].find((one) => one.table === table)!;
  return (await unpacked(backup, file)).map((row) =>
    Object.fromEntries(row.split('\t').map((value, index) => [columns[index]!, instantIn(value)])),
  );
};
/** An instant is printed in the zone of whoever takes the backup. */
const instantIn = (value: string): string =>
  /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d+)?[+-]\d\d(:\d\d)?$/.test(value) ? new Date(value).toISOString() : value;

describe('the history of backups', () => {
  beforeAll(async () => {
    const last = sampleOf(FORMATS.at(-1)!);
    if (process.env.RECORD_HISTORY && !existsSync(last)) await recordBackup(last);
  });

  describe.each(FORMATS)('format %i', (format) => {
    const sample = sampleOf(format);
    const backup = join(sample, SAMPLE.backup);
    let deployment: Deployment;
    let place: Environment;
    let running: Running;
    let told: Told;
    /** Taken of what was restored, before any program started on it. */
    let again: string;

    beforeAll(async () => {
      told = await json<Told>(sample, SAMPLE.told);
      deployment = await makeDeployment({ ORGANISATION: SAMPLE_ORGANISATION });
      const data = deployment.environment['DATA_DIR']!;
      await writeFile(`${data}.master-key`, await readFile(join(sample, SAMPLE.masterKey)), { mode: 0o600 });
      await writeFile(`${data}.erasures.jsonl`, await readFile(join(sample, SAMPLE.erasures)));
      place = { DATABASE_URL: (await deployment.database()).url };
      again = join(deployment.room, 'again');
    });
    afterAll(() => deployment?.remove());

    it('has a sample, in which no word can be read', async () => {
      expect((await manifestOf(backup)).format).toBe(format);
      const files = await readdir(backup);
      expect(files.length).toBeGreaterThan(5);
      for (const file of files) {
        const text = file.endsWith('.gz')
          ? (await unpacked(backup, file)).join('\n')
          : await readFile(join(backup, file), 'utf8');
        for (const { words } of [told.kept, told.erased, told.erasedSince])
          expect([file, text.includes(words)]).toEqual([file, false]);
      }
    });

    it('is restored, and who was erased since is erased again', async () => {
      const { code, said } = await deployment.operate(['restore', '--from', backup], place);
      const { sum } = await manifestOf(backup);
      expect([code, said]).toEqual([0, expect.stringContaining(`${sum.facts} facts are back`)]);
      expect(said).toContain('1 erasures since the backup were applied again');
      expect(await deployment.operate(['backup', '--to', again], place)).toMatchObject({ code: 0 });
    });

    it('holds no key of the erased before any program starts on it, and those of everybody else', async () => {
      const wrappedOf = async (from: string, { customer }: { readonly customer: string }) =>
        (await rowsOf(from, 'es.keys')).filter(({ subject }) => subject === customer).map(({ wrapped }) => wrapped);
      const { kept, erased, erasedSince } = told;
      expect([await wrappedOf(backup, erased), await wrappedOf(again, erased)]).toEqual([['\\N'], ['\\N']]);
      expect(await wrappedOf(backup, erasedSince)).not.toContain('\\N');
      expect(await wrappedOf(again, erasedSince)).toEqual(['\\N']);
      expect(await wrappedOf(again, kept)).toEqual(await wrappedOf(backup, kept));
      expect(await wrappedOf(again, kept)).not.toContain('\\N');
    });

    it('brings back every fact as it was, in its order, with the digest that it was stored with', async () => {
      const [before, after] = [await factsOf(backup), await factsOf(again)];
      const without = (facts: readonly Line[]) => facts.map(({ position: _, ...fact }) => fact);
      expect(without(after)).toEqual(without(before));
      expect(new Set(before.map(({ stream }) => stream.split('-')[0]))).toEqual(
        new Set(['policy', 'complaint', 'follow']),
      );
      for (const fact of after)
        expect(digestOf({ ...fact, revision: BigInt(fact.revision) })).toBe(fact.metadata.digest);
    });

    it.each(['es.timers', 'es.secrets', 'desk.complaint_references', 'process_manager.complaints'])(
      'brings back the rows of %s',
      async (table) => {
        const before = await rowsOf(backup, table);
        // Columns that came later are not the sample's to say.
        const after = (await rowsOf(again, table)).map((row) =>
          Object.fromEntries(Object.keys(before[0]!).map((column) => [column, row[column]])),
        );
        expect(before.length).toBeGreaterThan(0);
        expect(after).toHaveLength(before.length);
        expect(after).toEqual(expect.arrayContaining(before));
      },
    );

    it('holds a timer that is still to fire, and where the process manager stood', async () => {
      const timers = await rowsOf(again, 'es.timers');
      const waiting = timers.filter((timer) => timer['fired_at'] === '\\N').map((timer) => timer['due_at']);
      expect(waiting).toContainEqual(expect.stringMatching(/^2099-01-31T09:00:00/));
      const stood = (await rowsOf(backup, 'es.checkpoints')).map(({ subscription }) => subscription);
      const stands = await rowsOf(again, 'es.checkpoints');
      expect(stood.length).toBeGreaterThan(0);
      expect(stands.map(({ subscription }) => subscription)).toEqual(expect.arrayContaining(stood));
      const { epoch } = await manifestOf(again);
      for (const { position } of stands) expect(position!.split('.')[0]).toBe(epoch);
    });

    it('opens every text under its master key, but those of the erased', async () => {
      running = await deployment.start(place);
      const open = async (id: string) => (await running.client.get(`/v1/complaints/${id}`)).body;
      const kept = await open(told.kept.id);
      expect(kept.words).toBe(told.kept.words);
      const history = (await running.client.get(`/v1/complaints/${told.kept.id}/history`)).body as object;
      const text = JSON.stringify([kept, history]);
      for (const word of ['keptname', 'keptapology', 'keptclassified', 'keptlong', 'keptsmothermail'])
        expect(text).toContain(word);
      for (const none of ['"erased":true', '$enc']) expect(text).not.toContain(none);
      for (const call of told.calls) {
        const { status, body } = await running.client.get(`/v1/follow-up-calls/${call}`);
        expect([status, body.complaint]).toEqual([200, told.kept.id]);
      }
      for (const gone of [told.erased, told.erasedSince])
        expect(await open(gone.id)).toMatchObject({ words: { erased: true }, customer: { name: { erased: true } } });
    });

    it('answers a repeated command as the first time', async () => {
      const { path, body, sent, id } = told.asked;
      const { status, body: answer } = await running.client.post(path, body, sent);
      expect([status, answer.id]).toEqual([201, id]);
    });

    it('finds complaints by the references they had, and goes on with others', async () => {
      for (const { id, reference } of [told.kept, told.erased, told.erasedSince])
        expect((await running.client.get(`/v1/complaints/${reference}`)).body.id).toBe(id);
      const { status, body } = await running.client.post('/v1/complaints', { channel: 'phone', words: 'After it.' });
      expect(status).toBe(201);
      const number = numberOfReference((body.reference as string).replaceAll('-', ''))!;
      expect(number).toBeGreaterThan(Number((await manifestOf(backup)).nextReference) + 2 ** 20 / 2);
    });

    it('has a new epoch, and turns old positions away', async () => {
      const { epoch } = (await running.client.get('/v1/events/latest-position')).body as { epoch: string };
      expect([told.position.split('.')[0], epoch]).toEqual([
        (await manifestOf(backup)).epoch,
        (await manifestOf(again)).epoch,
      ]);
      expect(epoch).not.toBe(told.position.split('.')[0]);
      const { status, body } = await running.client.get(`/v1/events?after=${told.position}`);
      expect([status, body.code]).toEqual([410, 'other-ledger']);
    });

    it('is known here, if it is the format that is written now', async () => {
      // Another format needs another sample: add it to FORMATS, and let the old ones stand.
      expect((await manifestOf(again)).format).toBe(FORMATS.at(-1));
    });
  });
});
