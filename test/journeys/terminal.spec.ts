import { intake, life, type Known } from '#demo/life';
import { bringIn } from '#import/bring-in';
import { startService, type Service } from '../support/service.ts';

/** What people run at a terminal, against the running service: the import and the demo. */
let service: Service;
let url: string;
beforeAll(async () => {
  service = await startService();
  url = await service.app.getUrl();
}, 60_000);
afterAll(() => service.close());

const row = (id: string, more: Record<string, string> = {}) => ({
  'Complaint ID': id,
  'Date received': '2015-03-02',
  Product: 'Credit reporting, credit repair services, or other personal consumer reports',
  Issue: 'Incorrect information on your report',
  Company: 'EXAMPLE & CO.',
  'Submitted via': 'Web',
  ...more,
});
const post = async (path: string, body: unknown) => {
  const answer = await fetch(url + path, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  return {
    status: answer.status,
    body: (await answer.json()) as { id: string; position: string; followUp?: string; issues?: { id: string }[] },
  };
};
const get = async (path: string) => (await (await fetch(url + path)).json()) as Record<string, unknown>;

describe('the import', () => {
  const rows = [
    ...Array.from({ length: 40 }, (_, n) =>
      row(`${n}`, { 'Consumer complaint narrative': n % 2 ? `It was "wrong",\n${n} times.` : '' }),
    ),
    row('7'),
    row('', {}),
    row('x1', { 'Date received': '2026-02-30' }),
    row('x2', { 'Date received': '2999-01-01' }),
  ];

  it('takes each row once, says what was there already, and why it refused the rest', async () => {
    const first = await bringIn(rows, url, () => undefined);
    expect(first).toMatchObject({ taken: 40, alreadyThere: 1 });
    expect([...first.refused]).toEqual([
      ['no usable complaint id', [42]],
      ['no usable date received', [43]],
      [expect.stringMatching(/^422 invalid-body, #\/effectiveAt /), [44]],
    ]);
  }, 60_000);

  it('adds nothing when it is run again', async () => {
    // Of complaints: what recurs may be noticed meanwhile.
    const recorded = async (): Promise<unknown[]> =>
      ((await get('/v1/events?limit=1000'))['items'] as { type: string; id: string }[])
        .filter(({ type }) => type.startsWith('redress.complaint.'))
        .map(({ id }) => id);
    const before = await recorded();
    expect(before).toHaveLength(40);
    expect(await bringIn(rows, url, () => undefined)).toMatchObject({ taken: 0, alreadyThere: 41 });
    expect(await recorded()).toEqual(before);
  }, 60_000);

  it('shows in the lists at the rows’ own dates, and calls nobody', async () => {
    const { position } = (await get('/v1/events/latest-position')) as { position: string };
    const fresh = `minPosition=${position}`;
    const recurring = await get(`/v1/recurring-complaints?window=2015-01-01/2015-07-01&${fresh}`);
    expect(recurring['items']).toMatchObject([
      { category: 'incorrect-information-on-your-report', department: 'example-co', count: 40, overThreshold: true },
    ]);
    expect((await get(`/v1/follow-up-calls?${fresh}`))['items']).toEqual([]);
    expect((await get(`/v1/overdue?${fresh}`))['items']).toEqual([]);
  });
});

describe('the demo', () => {
  it('plays a life from receipt to closing', async () => {
    const first = await post('/v1/complaints', intake);
    expect(first.status).toBe(201);
    let known: Known = { complaint: first.body.id, issue: first.body.issues![0]!.id };
    for (const tell of life) {
      const step = tell(known);
      const { status, body } = await post(step.path, step.body);
      expect([step.path, status]).toEqual([step.path, 201]);
      if (step.path.endsWith('/compensations')) known = { ...known, compensation: body.id };
      if (step.path.endsWith('/promises')) known = { ...known, promise: body.id };
      if (body.followUp !== undefined) known = { ...known, followUp: body.followUp };
    }
    expect(await get(`/v1/complaints/${first.body.id}`)).toMatchObject({
      closed: { by: 'local' },
      missingForClosing: [],
    });
  });
});
