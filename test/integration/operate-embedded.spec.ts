import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Client } from '../support/client.ts';
import { eventually } from '../support/eventually.ts';
import { makeDeployment, type Deployment } from '../support/deployment.ts';
import { buildPrograms, type Programs } from '../support/program.ts';

jest.setTimeout(180_000);

/** As somebody has it who ran `npm start` and nothing else: the PostgreSQL in DATA_DIR, which stops with the service. */
describe('backup and restore of the standalone service', () => {
  let built: Programs;
  let deployment: Deployment;
  beforeAll(async () => {
    built = buildPrograms();
    deployment = await makeDeployment();
  });
  afterAll(async () => {
    await built?.remove();
    await deployment?.remove();
  });

  it('needs no other database than the one in its directory, running or not', async () => {
    const old = { PORT: '0', DATA_DIR: join(deployment.room, 'old') };
    const fresh = {
      PORT: '0',
      DATA_DIR: join(deployment.room, 'fresh'),
      MASTER_KEY_FILE: join(deployment.room, 'old.master-key'),
      ERASURE_LOG: join(deployment.room, 'old.erasures.jsonl'),
    };
    const operate = async (args: readonly string[], environment: Record<string, string>): Promise<string> => {
      const program = built.start('operator/src/main.js', environment, args);
      expect([args[0], (await program.ended).code, program.stderr()]).toEqual([args[0], 0, '']);
      return program.stdout();
    };
    const mistaken = built.start('operator/src/main.js', old, ['backup', '--to', join(deployment.room, 'zero')]);
    expect((await mistaken.ended).code).toBe(1);
    expect(mistaken.stdout()).toContain('There is no database of the service in DATA_DIR');
    expect(existsSync(old.DATA_DIR)).toBe(false);
    const service = built.start('standalone/src/main.js', old);
    const client = await Client.of(await service.url());
    const { body } = await client.post('/v1/complaints', { channel: 'phone', words: 'Nobody called.' });
    const [running, stopped] = [join(deployment.room, 'one'), join(deployment.room, 'two')];
    expect(await operate(['backup', '--to', running], old)).toContain('facts in');
    await service.stop();
    await operate(['backup', '--to', stopped], old);

    await operate(['restore', '--from', stopped, '--without-erasures'], fresh);
    const again = built.start('standalone/src/main.js', fresh);
    const restored = await Client.of(await again.url());
    expect((await restored.get(`/v1/complaints/${body.id}`)).body.words).toBe('Nobody called.');
    await eventually(
      async () => (await restored.get('/v1/complaints')).body.items.length === 1,
      'the list is made from the facts',
    );
    expect(await again.stop()).toEqual({ code: 0, signal: null });
  });
});
