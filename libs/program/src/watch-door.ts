import { createServer, type Server } from 'node:http';
import type { Logger } from 'pino';
import type { Registry } from 'prom-client';
import type { Settings } from '#settings/settings';
import { foreignIn } from './foreign-page.ts';
import { examine, type HealthCheck } from './health.ts';

/** As the API answers them. */
const REFUSED = { 'wrong-host': 421, 'foreign-origin': 403 } as const;

/** The door of programs that have no API: `/health/live`, `/health/ready` and `/metrics`, for who operates them. */
export const openWatchDoor = async (options: {
  readonly settings: Pick<Settings, 'host' | 'port' | 'allowedHosts'>;
  readonly checks: readonly HealthCheck[];
  readonly registry: Registry;
  readonly log: Logger;
}): Promise<Server> => {
  const { settings, checks, registry, log } = options;
  const answer = async (path: string): Promise<{ status: number; type: string; body: string }> => {
    const json = (status: number, body: object) => ({ status, type: 'application/json', body: JSON.stringify(body) });
    if (path === '/health/live') return json(200, { status: 'up' });
    if (path === '/metrics') return { status: 200, type: registry.contentType, body: await registry.metrics() };
    if (path !== '/health/ready') return json(404, { status: 'not-found' });
    const examined = await examine(checks);
    const ready = examined.every(({ ok }) => ok);
    return json(ready ? 200 : 503, { status: ready ? 'ready' : 'not-ready', checks: examined });
  };
  const server = createServer((request, response) => {
    const foreign = foreignIn(request, settings.allowedHosts);
    const refused = foreign ? REFUSED[foreign] : request.method === 'GET' ? undefined : 405;
    void (
      refused
        ? Promise.resolve({ status: refused, type: 'application/json', body: '{}' })
        : answer((request.url ?? '').split('?', 1)[0]!)
    )
      .catch(() => ({ status: 500, type: 'application/json', body: '{}' }))
      .then(({ status, type, body }) =>
        response.writeHead(status, { 'content-type': type, 'cache-control': 'no-store' }).end(body),
      );
  });
  await new Promise<void>((resolve, reject) =>
    server.once('error', reject).listen(settings.port, settings.host, resolve),
  );
  const address = server.address();
  log.info({ port: typeof address === 'object' ? address?.port : undefined }, 'health and metrics');
  return server;
};
