import { eventually } from '#test/support/eventually';
import { Client } from '#test/support/client';
import { makeDeployment, type Deployment } from '#test/support/deployment';
import { makeLog } from '#program/log';
import { readSettings } from '#settings/settings';
import { startStandalone, type Standalone } from '#standalone/standalone';
import { settableClock } from '#time/clock';

const MONDAY = '2026-03-02T09:00:00.000Z';
const TUESDAY = '2026-03-03T12:00:00.000Z';
const NEXT_MONTH = '2026-04-02T09:00:00.000Z';

let deployment: Deployment;
let service: Standalone;
beforeAll(async () => {
  deployment = await makeDeployment();
}, 60_000);
afterAll(async () => {
  await service?.stop();
  await deployment.remove();
});

describe('whoever sets the clock of the programs', () => {
  it('sees a promise break and a first response be missed, by durable timers, without waiting for the dues', async () => {
    const clock = settableClock(MONDAY);
    const { url } = await deployment.database();
    const settings = readSettings({ ...deployment.environment, DATABASE_URL: url }, { standalone: true });
    service = await startStandalone(settings, makeLog('silent'), { clock });
    const client = await Client.of(service.url);
    const received = await client.post('/v1/complaints', {
      channel: 'phone',
      words: 'It came too late.',
      customer: { reference: 'K-1' },
    });
    expect(received.status).toBe(201);
    const complaint = `/v1/complaints/${received.body.id}`;
    const soon = { what: 'update', due: '2026-03-03T09:00:00.000Z' };
    expect((await client.post(`${complaint}/promises`, soon)).status).toBe(201);

    type Told = { type: string; recordedAt: string };
    const history = async (): Promise<Told[]> => (await client.get(`${complaint}/history`)).body.facts;
    const types = async (): Promise<string[]> => (await history()).map(({ type }) => type);
    const overdue = async (): Promise<{ kind: string; overdue: boolean }[]> =>
      (await client.get('/v1/overdue')).body.items;
    expect(await types()).not.toContain('PromiseBroken');
    expect(await overdue()).toEqual([]);

    clock.set(TUESDAY);
    await eventually(async () => (await types()).includes('PromiseBroken'), 'the promise is broken');
    clock.set(NEXT_MONTH);
    await eventually(async () => (await types()).includes('FirstResponseMissed'), 'the first response is missed');
    const broken = (await history()).find(({ type }) => type === 'PromiseBroken');
    expect(broken!.recordedAt).toBe(TUESDAY);
    expect((await overdue()).map(({ kind }) => kind).sort()).toEqual(['clock', 'promise']);
    // What every program says of ages goes by it, too: nothing has waited since the month before.
    const metrics = (await client.get('/metrics')).body as string;
    for (const [, seconds] of metrics.matchAll(/^redress_follower_lag_seconds\{.*\} (\d+)/gm))
      expect(Number(seconds)).toBeLessThanOrEqual(1);
  }, 60_000);
});
