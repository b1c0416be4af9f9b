/**
 * Makes a sample of a whole data folder, as a version of the program leaves it behind: its own embedded PostgreSQL, its
 * master key, and what it answered. Plain Node, so that it runs beside a checkout of any version:
 *
 *     git worktree add ../then REVISION && (cd ../then && npm ci && npm run build)
 *     node test/history/record-folder.mjs ../then/dist/apps/standalone/src/main.js test/history/folder-REVISION
 */
import { spawn, spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { brotliCompressSync, constants } from 'node:zlib';

const [program, sample] = process.argv.slice(2);
if (!program || !sample) throw new Error('usage: record-folder.mjs MAIN.js SAMPLE-DIRECTORY');
const room = realpathSync(mkdtempSync(join(tmpdir(), 'redress-folder-')));
chmodSync(room, 0o755);
// The master key of all samples. It protects nothing: it is here so that they can be opened. It says "test".
writeFileSync(join(room, 'data.master-key'), `${'7e57'.repeat(16)}\n`, { mode: 0o600 });

const child = spawn(process.execPath, [resolve(program)], {
  env: { PATH: process.env.PATH, HOME: process.env.HOME, PORT: '0', DATA_DIR: join(room, 'data'), LOG_LEVEL: 'error' },
  stdio: ['ignore', 'pipe', 'inherit'],
});
const ended = new Promise((done) => child.on('exit', done));
let said = '';
child.stdout.setEncoding('utf8').on('data', (text) => (said += text));
const until = async (look, what) => {
  for (let tries = 0; tries < 600; tries++) {
    const found = await look();
    if (found) return found;
    await new Promise((done) => setTimeout(done, 100));
  }
  throw new Error(`waited in vain for ${what}: ${said}`);
};

try {
  const url = await until(() => /http:\/\/127\.0\.0\.1:\d+/.exec(said)?.[0], 'the address');
  await until(async () => (await fetch(`${url}/health/ready`).catch(() => undefined))?.status === 200, 'readiness');

  const writes = [];
  const post = async (path, body, { role = 'handler', key = `sample:${writes.length}` } = {}) => {
    const actor = `anna; role=${role}`;
    const answer = await fetch(url + path, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'redress-actor': actor, ...(key && { 'idempotency-key': key }) },
      body: JSON.stringify(body),
    });
    const answered = await answer.json();
    if (answer.status !== 201) throw new Error(`${path}: ${answer.status} ${JSON.stringify(answered)}`);
    const { id, revision, position, facts } = answered;
    if (key)
      writes.push({
        path,
        actor,
        key,
        body,
        answer: {
          status: answer.status,
          location: answer.headers.get('location'),
          etag: answer.headers.get('etag'),
          body: { id, revision, position, facts },
        },
      });
    return answered;
  };
  const process = { department: 'logistics', process: 'delivery', step: 'call-ahead' };
  const intake = (number, more = {}) => ({
    channel: 'phone',
    words: `The courier came a day late for the third time, and nobody called. Слова, 言葉 №${number}`,
    customer: { reference: `C-${number}`, name: 'Ada Example', phone: '+44 20 7946 0000', email: 'ada@example.org' },
    purchase: { order: `A-${number}`, product: 'sofa', value: { amount: 4990000, currency: 'RUB' } },
    issues: [{ category: 'delivery-late', severity: 'grave', touchpoint: 'delivery', process, repeat: true }],
    ...more,
  });

  // One that goes through every door, is closed, reopened and closed again.
  const whole = await post(
    '/v1/complaints',
    intake(1, { summary: 'Late', tone: 'angry', language: 'en', desiredOutcomes: ['explanation'] }),
  );
  const of = (door) => `/v1/complaints/${whole.id}/${door}`;
  const issue = whole.issues[0].id;
  await post(of('acknowledgements'), { channel: 'sms' });
  await post(of('assignments'), { handler: 'anna' });
  await post(of('contacts'), { phone: '+44 20 7946 0001' });
  await post(of('apologies'), { form: 'gift', words: 'Sorry.', override: { reason: 'They hung up.' } });
  await post(of('thanks'), { why: 'Nobody else told us.' });
  await post(of('apologies'), { form: 'written', words: 'We are sorry.' });
  await post(of('apologies'), { form: 'spoken', words: 'I am sorry.' }, { role: 'director' });
  await post(of('responsibility'), { words: 'It was our fault.' }, { role: 'manager' });
  const asked = await post(of('information-requests'), { ask: 'Which evening?', topic: 'new-date' });
  await post(of('information'), { request: asked.id, text: 'Any evening.' });
  await post(of('messages'), { direction: 'in', channel: 'email', text: 'Where is it?' });
  await post(of('messages'), { direction: 'out', channel: 'email', text: 'On its way.' });
  const promise = await post(of('promises'), { what: 'update', due: '2099-01-31T09:00:00.000Z' });
  await post(of(`promises/${promise.id}/fulfilments`), {});
  const second = await post(of('issues'), { category: 'rude-courier', severity: 'minor' });
  await post(of('reclassifications'), { issue: second.id, category: 'unfriendly-courier', reason: 'Said so.' });
  await post(of('assessments'), { issue, repairable: true });
  await post(of('assessments'), { issue: second.id, repairable: false });
  const cause = await post(of('causes'), { issue, state: 'hypothesis', process, text: 'The list is printed early.' });
  await post(of('causes'), { issue, state: 'confirmed', confirms: cause.id, process });
  await post(of('explanations'), { text: 'The list was printed before late orders came in.' });
  await post(of('corrections'), { issue, what: 'Delivered the same evening.', inPresence: true });
  const offer = await post(of('compensations'), { issue: second.id, item: 'free-delivery' });
  await post(of(`compensations/${offer.id}/declines`), { reason: 'Not needed.' });
  const other = await post(of('compensations'), {
    issue,
    item: 'free-delivery',
    value: { amount: 50000, currency: 'RUB' },
  });
  await post(of(`compensations/${other.id}/acceptances`), {});
  await post(of(`compensations/${other.id}/deliveries`), { proof: 'credit note 4711' });
  const resolved = await post(of('resolutions'), { text: 'Delivered, refunded.' });
  const call = (id, door) => `/v1/follow-up-calls/${id}/${door}`;
  await post(call(resolved.followUp, 'attempts'), { result: 'no-answer' });
  await post(call(resolved.followUp, 'reschedulings'), { due: '2099-02-01T09:00:00.000Z' });
  await post(call(resolved.followUp, 'outcomes'), {
    solution: 4,
    attitude: 5,
    told: 'Printed hourly.',
    comment: 'Good.',
  });
  await post(of('answers'), { answer: 'accepted' });
  await post(of('closures'), {});
  await post(of('reopenings'), { reason: 'It came back.' });
  const again = await post(of('resolutions'), { text: 'Delivered once more.' });
  await post(call(again.followUp, 'outcomes'), { declined: true });
  await post(of('closures'), {});
  await post(of('rectifications'), {
    fact: whole.facts[0].id,
    data: { summary: 'Late by two days' },
    reason: 'Misheard.',
  });
  // Others: withdrawn, brought over, anonymous, without a key; the first three of a group make it recur.
  const withdrawn = await post('/v1/complaints', intake(2));
  await post(`/v1/complaints/${withdrawn.id}/explanations`, { waived: true, reason: 'Nobody wants to know.' });
  await post(`/v1/complaints/${withdrawn.id}/withdrawals`, { reason: 'It came.' });
  await post('/v1/complaints', intake(3, { origin: { system: 'old', id: 'O-3', migrated: true } }), {
    role: 'administrator',
  });
  const anonymous = await post('/v1/complaints', {
    channel: 'web-form',
    words: 'I would rather not say.',
    confidentiality: 'anonymous',
  });
  await post(`/v1/complaints/${anonymous.id}/acknowledgements`, { channel: 'letter' });
  const late = await post('/v1/complaints', intake(4, { effectiveAt: '2026-01-05T09:00:00.000Z', follows: whole.id }), {
    key: '',
  });

  const get = async (path, accept) =>
    (await fetch(url + path, { headers: { 'redress-actor': 'anna; role=handler', ...(accept && { accept }) } })).text();
  // Until the system has said what it has to say: the missed first response of the one received late, the recurrence.
  const feed = await until(async () => {
    const text = await get('/v1/events?limit=1000', 'application/cloudevents-batch+json');
    return /first-response-missed/.test(text) && /recurrence\.noticed/.test(text) && text;
  }, 'the facts of the system');
  await until(async () => JSON.parse(await get('/v1/complaints')).items.length === 5, 'the list');
  const json = async (path) => JSON.parse(await get(path));
  const reads = {};
  for (const { id } of [whole, withdrawn, anonymous, late])
    for (const path of [`/v1/complaints/${id}`, `/v1/complaints/${id}/history`]) reads[path] = await json(path);
  for (const id of [resolved.followUp, again.followUp])
    reads[`/v1/follow-up-calls/${id}`] = await json(`/v1/follow-up-calls/${id}`);
  for (const path of [
    '/v1/policy',
    '/v1/complaints?category=delivery-late',
    '/v1/recurring-complaints?window=2026-01-01/2100-01-01',
    '/v1/customers?reference=C-1',
  ])
    reads[path] = await json(path);
  const { position } = await json('/v1/events/latest-position');

  child.kill('SIGTERM');
  await ended;
  mkdirSync(sample, { recursive: true });
  writeFileSync(join(sample, 'answers.json'), `${JSON.stringify({ position, writes, reads }, null, 1)}\n`);
  writeFileSync(join(sample, 'feed.json'), feed);
  const tar = spawnSync('tar', ['-cf', '-', ...readdirSync(room)], { cwd: room, maxBuffer: 2 ** 30 });
  if (tar.status !== 0) throw new Error(`tar failed: ${tar.stderr}`);
  // A large window finds the four databases of a cluster to be one another's copies.
  const params = { [constants.BROTLI_PARAM_LARGE_WINDOW]: 1, [constants.BROTLI_PARAM_LGWIN]: 28 };
  writeFileSync(join(sample, 'folder.tar.br'), brotliCompressSync(tar.stdout, { params }));
} finally {
  child.kill('SIGKILL');
  rmSync(room, { recursive: true, force: true });
}
