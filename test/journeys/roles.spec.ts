import { ROLES, type Role } from '#fact/fact';
import type { Route } from '#api/routes';
import { startService, type Service } from '../support/service.ts';

/** Who may go through which door (docs/api.md, Who acts). */

const NO_ONE = '00000000-0000-4000-8000-000000000000';
/** What probes, scrapers and readers of the contract ask, without saying who they are. */
const OPEN = [
  '/asyncapi.json',
  '/docs',
  '/docs/:asset',
  '/health/live',
  '/health/ready',
  '/metrics',
  '/openapi.json',
  '/problems',
  '/problems/:code',
  '/schemas/:type',
  '/v1/norms',
];

describe('every door says who may go through it', () => {
  let service: Service;
  let routes: readonly Route[];
  beforeAll(async () => {
    service = await startService({ followers: false });
    routes = service.app
      .getHttpAdapter()
      .getInstance()
      .routes.all.filter(({ method }) => method !== 'HEAD');
  }, 60_000);
  afterAll(() => service.close(), 60_000);

  const rolesOf = ({ door }: Route): readonly Role[] =>
    door === undefined || door.roles === 'open' ? ROLES : door.roles;
  const as = (role: Role): { as: string } => ({ as: `anna; role=${role}` });
  const filled = (url: string): string => url.replace(/:[a-zA-Z]+/g, NO_ONE);

  it('or is open to all', () =>
    expect([...new Set(routes.filter((route) => rolesOf(route) === ROLES).map(({ url }) => url))].sort()).toEqual(
      OPEN,
    ));

  it('in the words of its own address', () => {
    for (const { method, url, door } of routes)
      if (door) expect({ method: door.method, url: `/${door.path}` }).toEqual({ method, url });
  });

  it('and refuses all others before it looks at anything else, naming those that may', async () => {
    let asked = 0;
    for (const route of routes)
      for (const role of ROLES.filter((one) => !rolesOf(route).includes(one))) {
        const { status, body } = await service.client.send(
          route.method,
          `${filled(route.url)}?no-such-parameter=1`,
          route.method === 'GET' ? undefined : '{',
          { ...as(role), headers: { 'idempotency-key': ' ', 'if-match': 'x' } },
        );
        const label = `${route.method} ${route.url} as ${role}`;
        expect([label, status, body.code, body.roles]).toEqual([label, 403, 'role-not-allowed', rolesOf(route)]);
        for (const may of rolesOf(route)) expect(body.detail).toContain(may);
        asked++;
      }
    expect(asked).toBeGreaterThan(100);
  }, 60_000);

  it('and lets in those that may', async () => {
    for (const route of routes.filter(({ door }) => door !== undefined))
      for (const role of rolesOf(route).filter((one) => one !== 'system')) {
        const { body } = await service.client.send(
          route.method,
          filled(route.url),
          route.method === 'GET' ? undefined : '{',
          as(role),
        );
        const label = `${route.method} ${route.url} as ${role}`;
        expect([label, body.code]).not.toEqual([label, 'role-not-allowed']);
      }
  }, 60_000);

  it('a handler may ask for what a manager must do, and hears from the rule who that is', async () => {
    const { body: complaint } = await service.client.post(
      '/v1/complaints',
      { channel: 'phone', words: 'It came late.' },
      as('customer'),
    );
    const { status, body } = await service.client.post(
      `/v1/complaints/${complaint.id}/responsibility`,
      { words: 'It was ours.' },
      as('handler'),
    );
    expect([status, body.code]).toEqual([409, 'needs-manager']);
  });

  it('a key that was used is not told to who may not ask', async () => {
    const intake = { channel: 'phone', words: 'It came late.' };
    const { status } = await service.client.post('/v1/complaints', intake, { ...as('manager'), key: 'k' });
    expect(status).toBe(201);
    for (const words of ['It came late.', 'Another.'])
      expect(
        (await service.client.post('/v1/complaints', { ...intake, words }, { ...as('auditor'), key: 'k' })).status,
      ).toBe(403);
  });
});
