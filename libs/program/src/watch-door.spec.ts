import { once } from 'node:events';
import { request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { makeLog } from './log.ts';
import { makeRegistry } from './metrics.ts';
import { openWatchDoor } from './watch-door.ts';

describe('the door for health and metrics', () => {
  let door: Server;
  beforeAll(async () => {
    door = await openWatchDoor({
      settings: { host: '127.0.0.1', port: 0, allowedHosts: ['projector'] },
      checks: [],
      registry: makeRegistry(),
      log: makeLog('silent'),
    });
  });
  afterAll(() => void door.close());

  const statusOf = async (headers: Record<string, string | string[]>, method = 'GET'): Promise<number> => {
    const { port } = door.address() as AddressInfo;
    const asked = request({ port, host: '127.0.0.1', path: '/health/live', method, headers, agent: false });
    asked.end();
    const [answer] = (await once(asked, 'response')) as [{ statusCode: number; resume(): void }];
    answer.resume();
    return answer.statusCode;
  };

  it('opens for this machine and for the names that are allowed', async () => {
    for (const host of ['localhost', '127.0.0.1:9', '[::1]:9', 'PROJECTOR:3000'])
      expect([host, await statusOf({ host })]).toEqual([host, 200]);
  });

  it('stays shut for a web page of somebody else: by another name, or by a fetch', async () => {
    expect(await statusOf({ host: 'evil.example' })).toBe(421);
    expect(await statusOf({ host: 'localhost.evil.example' })).toBe(421);
    for (const [name, value] of [
      ['origin', 'https://evil.example'],
      ['origin', 'null'],
      ['sec-fetch-site', 'cross-site'],
    ] as const)
      expect([name, value, await statusOf({ host: 'localhost', [name]: value })]).toEqual([name, value, 403]);
  });

  it('is for reading only', async () => {
    expect(await statusOf({ host: 'localhost' }, 'POST')).toBe(405);
  });
});
