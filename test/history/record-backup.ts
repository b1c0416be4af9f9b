import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { eraseSubject } from '#privacy/erase';
import { makeLog } from '#program/log';
import { openParts } from '#program/program-dependencies';
import { readSettings } from '#settings/settings';
import { markedLife, type Asked } from '../journeys/erasure.stories.ts';
import { makeDeployment } from '../support/deployment.ts';

/** The master key of all samples. It protects nothing: it is here so that they can be opened. It says "test". */
const SAMPLE_MASTER_KEY = '7e57'.repeat(16);
export const SAMPLE_ORGANISATION = 'example';

/** What lies beside a backup's own files in its sample. */
export const SAMPLE = {
  backup: 'backup',
  masterKey: 'test-only.master-key',
  erasures: 'erasures.jsonl',
  told: 'told.json',
};

export interface ToldComplaint {
  readonly id: string;
  /** As it is printed. */
  readonly reference: string;
  readonly customer: string;
  readonly words: string;
}

/** What the service answered when the sample was made. */
export interface Told {
  /** Of a customer whose words can be read. */
  readonly kept: ToldComplaint;
  /** Of one who was erased before the backup was taken. */
  readonly erased: ToldComplaint;
  /** Of one who was erased after it: only the list of erasures knows. */
  readonly erasedSince: ToldComplaint;
  readonly calls: readonly string[];
  readonly asked: Pick<Asked, 'path' | 'body' | 'sent'> & { readonly id: string };
  /** Of the last fact, in the epoch that was. */
  readonly position: string;
}

/** Makes a sample of the format that is written now, as an operator would: a service, its life, `operate backup`. */
export const recordBackup = async (sample: string): Promise<void> => {
  const deployment = await makeDeployment({ ORGANISATION: SAMPLE_ORGANISATION });
  try {
    const data = deployment.environment['DATA_DIR']!;
    await writeFile(`${data}.master-key`, `${SAMPLE_MASTER_KEY}\n`, { mode: 0o600 });
    const place = { DATABASE_URL: (await deployment.database()).url };
    const running = await deployment.start(place);
    const { client } = running;
    const told = async (id: string): Promise<ToldComplaint> => {
      const { reference, customer, words } = (await client.get(`/v1/complaints/${id}`)).body;
      return { id, reference, customer: customer.id, words };
    };
    const receive = async (words: string): Promise<ToldComplaint> => {
      const { status, body } = await client.post('/v1/complaints', {
        channel: 'phone',
        words,
        customer: { name: words },
      });
      if (status !== 201) throw new Error(JSON.stringify(body));
      return told(body.id as string);
    };
    const { complaints, calls, asked } = await markedLife(client, 'kept', 'keptsmother');
    const kept = await told(complaints[0]);
    // A mark that is not reached while anybody reads this: its timer is still set, whenever the sample is restored.
    const promise = { what: 'update', due: '2099-01-31T09:00:00.000Z' };
    const promised = await client.post(`/v1/complaints/${kept.id}/promises`, promise);
    if (promised.status !== 201) throw new Error(JSON.stringify(promised.body));
    const erased = await receive('Erased before: Слова, words, 言葉 — “as said”.');
    const erasedSince = await receive('Erased since: Слова, words, 言葉 — “as said”.');
    await running.caughtUp();
    const { position } = (await client.get('/v1/events/latest-position')).body as { position: string };
    await running.stop();

    const erase = async ({ customer }: ToldComplaint): Promise<void> => {
      const settings = readSettings({ ...deployment.environment, ...place }, { standalone: true });
      const parts = await openParts(settings, {
        databaseUrl: place.DATABASE_URL,
        name: 'test',
        mint: false,
        log: makeLog('silent'),
      });
      await eraseSubject(parts.erasing, customer);
      await parts.close();
    };
    const backup = join(deployment.room, 'backup');
    await erase(erased);
    const { code, said } = await deployment.operate(['backup', '--to', backup], place);
    if (code !== 0) throw new Error(said);
    await erase(erasedSince);

    const { path, body, sent, got } = asked[0]!;
    const answered = { path, body, sent, id: got.body.id as string };
    const facts: Told = { kept, erased, erasedSince, calls, asked: answered, position };
    // Written aside and renamed: a sample is whole or not there. Modes are those of any file of the checkout.
    const aside = `${sample}.part`;
    await rm(aside, { recursive: true, force: true });
    await mkdir(join(aside, SAMPLE.backup), { recursive: true });
    for (const file of await readdir(backup))
      await writeFile(join(aside, SAMPLE.backup, file), await readFile(join(backup, file)));
    await writeFile(join(aside, SAMPLE.masterKey), `${SAMPLE_MASTER_KEY}\n`);
    await writeFile(join(aside, SAMPLE.erasures), await readFile(`${data}.erasures.jsonl`));
    await writeFile(join(aside, SAMPLE.told), `${JSON.stringify(facts, null, 2)}\n`);
    await rename(aside, sample);
  } finally {
    await deployment.remove();
  }
};
