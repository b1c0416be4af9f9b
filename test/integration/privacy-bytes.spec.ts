import { randomBytes, randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { chmod, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Complaint } from '#complaint/complaint';
import { complaintStreams } from '#complaint/complaint-streams';
import type { ComplaintEvent } from '#complaint/events';
import { complaintReceived, contactGiven } from '#complaint/intake/events';
import { recorded } from '#fact/decision';
import { personalText } from '#fact/personal';
import { follow } from '#ledger/follow/follow';
import { ledgerMigrations } from '#ledger/adapters/postgres/migrations';
import { PostgresEventStore } from '#ledger/adapters/postgres/postgres-event-store';
import { codecOf, transact } from '#ledger/stream/transact';
import { openDatabase } from '#postgres/database';
import { startEmbedded } from '#postgres/embedded';
import { migrate } from '#postgres/migrations';
import { eraseSubject } from '#privacy/erase';
import { FileErasureLog } from '#privacy/erasure-log';
import { openMasterKey } from '#privacy/master-key-file';
import { PostgresKeyTable } from '#privacy/postgres-key-table';
import { Secrets } from '#privacy/secrets';
import { Subjects } from '#privacy/subjects';
import { Vault } from '#privacy/vault';

/** A word that stands nowhere else; letters only, as a customer might write it. */
const rareWord = (): string => [...randomBytes(24)].map((byte) => String.fromCharCode(97 + (byte % 26))).join('');

/** Which of the words occur in any byte of the files below a directory, as UTF-8, UTF-16, base64 or hex. */
const foundIn = async (directory: string, words: readonly string[]): Promise<Set<string>> => {
  const needles = words.flatMap((word) => formsOf(word).map((form) => ({ word, form })));
  const longest = Math.max(...needles.map(({ form }) => form.length));
  const found = new Set<string>();
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  for (const entry of entries.filter((one) => one.isFile())) {
    let kept = Buffer.alloc(0);
    for await (const chunk of createReadStream(join(entry.parentPath, entry.name), { highWaterMark: 1 << 22 })) {
      const bytes = Buffer.concat([kept, chunk as Buffer]);
      for (const { word, form } of needles) if (!found.has(word) && bytes.includes(form)) found.add(word);
      kept = bytes.subarray(Math.max(0, bytes.length - longest));
    }
  }
  return found;
};

const formsOf = (word: string): Buffer[] => {
  const utf8 = Buffer.from(word);
  // Base64 depends on where the word begins: without the characters that touch its edges.
  const base64 = [0, 1, 2].map((shift) =>
    Buffer.from(
      Buffer.concat([Buffer.alloc(shift), utf8])
        .toString('base64')
        .slice(4, -4),
    ),
  );
  return [utf8, Buffer.from(word, 'utf16le'), Buffer.from(utf8.toString('hex')), ...base64];
};

describe('the files of the database', () => {
  let room: string;
  beforeAll(async () => {
    room = await mkdtemp(join(tmpdir(), 'redress-bytes-'));
    await chmod(room, 0o755); // so that a root's PostgreSQL, which does not run as root, gets in
  });
  afterAll(() => rm(room, { recursive: true, force: true }));

  it('hold no word of a person in any byte: not before, and not after an erasure, neither does the log', async () => {
    const said: string[] = [];
    const server = await startEmbedded({ dataDir: join(room, 'data'), log: (line) => void said.push(line) });
    const pool = openDatabase(server.url, { name: 'test' });
    const store = new PostgresEventStore({ url: server.url });
    try {
      await migrate(pool, ledgerMigrations);
      const master = await openMasterKey({ pool, file: join(room, 'master.key'), mint: true });
      const secrets = await Secrets.open(pool, master);
      const vault = new Vault(new PostgresKeyTable(pool), master);
      const [words, name, email, reference, later, code] = [
        rareWord(),
        rareWord(),
        rareWord(),
        rareWord(),
        rareWord(),
        rareWord(),
      ];
      const subject = await new Subjects(pool, secrets).subjectFor(reference);
      const stream = `complaint-${randomUUID()}`;
      const record = (event: ComplaintEvent) =>
        transact<Complaint, ComplaintEvent>({
          store,
          vault,
          kind: complaintStreams,
          stream,
          now: () => new Date(),
          request: {
            commandId: randomUUID(),
            requestDigest: secrets.requestDigest({ words }),
            actor: { id: 'anna', role: 'handler', assurance: 'claimed' },
            correlationId: randomUUID(),
          },
          decide: () => ({ decision: recorded(event), policyVersion: 0 }),
        });
      await record(
        complaintReceived({
          reference: 'R7K4M29',
          channel: 'phone',
          words: personalText(`I say ${words}!`),
          desiredOutcomes: [],
          confidentiality: 'open',
          customer: { id: subject, name: personalText(name), reference: personalText(reference) },
          issues: [{ id: randomUUID(), category: code, presumed: 'minor' }],
          dues: [],
        }),
      );
      await record(contactGiven({ email: personalText(`${email}@example.org`) }));

      // A follower that fails with the words in its error, which the ledger's tables must not keep.
      const codec = codecOf(complaintStreams);
      const end = new AbortController();
      const following = follow({
        store,
        pool,
        signal: end.signal,
        pace: { firstMs: 1, maxMs: 5, attempts: 2 },
        onProgress: (status) => void (status.parked === 2 && end.abort()),
        follower: {
          subscription: 'test:bytes@1',
          onPoison: 'park',
          apply: async (events) => {
            throw new RangeError(
              `it says ${JSON.stringify(await vault.open(events.map((event) => codec.decode(event).data)))} ${words}`,
            );
          },
        },
      });
      await following;
      const { rows: parked } = await pool.query('select error from es.parked order by position');
      expect(parked).toEqual([{ error: 'RangeError' }, { error: 'behind a parked fact' }]);

      const dataDirectory = (await pool.query<{ data_directory: string }>('show data_directory')).rows[0]!
        .data_directory;
      const written = async () => {
        await pool.query('vacuum');
        await pool.query('checkpoint');
        return foundIn(dataDirectory, [words, name, email, reference, later, code]);
      };
      expect([...(await written())]).toEqual([code]);

      await eraseSubject({ pool, log: new FileErasureLog(join(room, 'erasures.jsonl')) }, subject);
      await record(contactGiven({ name: personalText(later) }));
      expect([...(await written())]).toEqual([code]);
      expect(said.join('\n')).not.toMatch(new RegExp([words, name, email, reference, later].join('|')));
      expect([...(await foundIn(room, [words, name, email, reference, later]))]).toEqual([]);

      // What the search is worth: the same word in the clear is found, in the table or in the log.
      await pool.query('create table plain (text text)');
      await pool.query('insert into plain values ($1)', [words]);
      expect((await written()).has(words)).toBe(true);
    } finally {
      await store.close();
      await pool.end();
      await server.stop();
    }
  }, 120_000);
});
