import { randomBytes } from 'node:crypto';
import { InMemoryEventStore } from '#ledger/adapters/in-memory/in-memory-event-store';
import type { EventStore } from '#ledger/stream/port';
import { defaultPolicy } from '#policy/default-policy';
import { InMemoryKeyTable } from '#privacy/in-memory-key-table';
import { MasterKey } from '#privacy/master-key';
import { Secrets } from '#privacy/secrets';
import { Vault } from '#privacy/vault';
import { NoPolicy, PolicyInForce } from './policy-in-force.ts';
import { adoptPolicy } from './system/adopt-policy.ts';

/** A ledger whose policies allow so many attempts at a call, by version. */
const ledgerOf = (...attempts: readonly number[]): Promise<InMemoryEventStore> =>
  ledgerAt(...attempts.map((some): [string, number] => ['2026-03-02', some]));

/** The same with the days on which they were adopted. */
const ledgerAt = async (...adopted: readonly (readonly [string, number])[]): Promise<InMemoryEventStore> => {
  let today = '';
  const keys = new InMemoryKeyTable();
  const store = new InMemoryEventStore(keys);
  const parts = {
    store,
    vault: new Vault(keys, MasterKey.mint().key),
    secrets: new Secrets(randomBytes(32)),
    clock: () => new Date(`${today}T09:00:00.000Z`),
  };
  for (const [day, attempts] of adopted) {
    today = day;
    await adoptPolicy(parts, {
      policy: { ...defaultPolicy, followUp: { ...defaultPolicy.followUp, attempts } },
      source: 'api',
    });
  }
  return store;
};

describe('the policy in force', () => {
  let server: EventStore;
  let interruptions: number;
  let reads: number;
  let events: number;
  /** Runs once, behind the first event that is read. */
  let meanwhile: (() => void) | undefined;
  /** What is heard of the stream; undefined: nobody listens. */
  let heard: number | undefined;
  const store = new Proxy({} as EventStore, {
    get: (_, name) => {
      if (name === 'interruptions') return interruptions;
      if (name === 'watch')
        return () => ({
          get heard() {
            return heard;
          },
        });
      if (name !== 'readStream') throw new Error(String(name));
      return async function* (...args: Parameters<EventStore['readStream']>) {
        reads++;
        const answering = server;
        for await (const event of answering.readStream(...args)) {
          events++;
          yield event;
          meanwhile?.();
          meanwhile = undefined;
        }
      };
    },
  });
  const failOverTo = (other: EventStore): void => {
    server = other;
    interruptions++;
  };
  let policies: PolicyInForce;
  beforeEach(async () => {
    server = await ledgerOf(3, 4);
    interruptions = reads = events = 0;
    heard = undefined;
    meanwhile = undefined;
    policies = new PolicyInForce(store);
  });

  it('is read once, as long as the same server answers', async () => {
    expect(await policies.newest()).toMatchObject({ version: 1, followUp: { attempts: 4 } });
    reads = 0;
    await policies.version(1);
    expect(reads).toBe(0);
  });

  it('is forgotten when a server took over that lacks it', async () => {
    await policies.newest();
    failOverTo(await ledgerOf(3));
    expect(await policies.newest()).toMatchObject({ version: 0, followUp: { attempts: 3 } });
    await expect(policies.version(1)).rejects.toThrow(NoPolicy);
  });

  it('is forgotten when a server took over that has another as that version', async () => {
    await policies.newest();
    failOverTo(await ledgerOf(3, 5));
    expect(await policies.version(1)).toMatchObject({ followUp: { attempts: 5 } });
    expect(await policies.newest()).toMatchObject({ version: 1, followUp: { attempts: 5 } });
  });

  it('is looked for anew when the server was lost under the look', async () => {
    const other = await ledgerOf(3, 5);
    meanwhile = () => failOverTo(other);
    expect(await policies.newest()).toMatchObject({ followUp: { attempts: 5 } });
    expect(await policies.version(1)).toMatchObject({ followUp: { attempts: 5 } });
  });

  it('is looked for at every question while nobody listens', async () => {
    for (let asked = 0; asked < 3; asked++) await policies.newest();
    expect([reads, events]).toEqual([3, 1]);
  });

  it('is not read again as long as somebody listens and hears nothing', async () => {
    heard = 1;
    for (let asked = 0; asked < 3; asked++) await policies.newest();
    expect(reads).toBe(1);
  });

  it('is read again when something was heard, and when nobody listens any more', async () => {
    heard = 1;
    await policies.newest();
    server = await ledgerOf(3, 4, 5);
    heard = 2;
    expect(await policies.newest()).toMatchObject({ version: 2, followUp: { attempts: 5 } });
    server = await ledgerOf(3, 4, 5, 6);
    heard = undefined;
    expect(await policies.newest()).toMatchObject({ version: 3 });
  });

  it('is read again when something was heard under the look', async () => {
    heard = 1;
    meanwhile = () => (heard = 2);
    await policies.newest();
    server = await ledgerOf(3, 4, 5);
    expect(await policies.newest()).toMatchObject({ version: 2 });
  });

  it('is read again behind another server, although the same was heard', async () => {
    heard = 1;
    await policies.newest();
    failOverTo(await ledgerOf(3));
    expect(await policies.newest()).toMatchObject({ version: 0 });
  });

  it('that was in force then is found without reading again what is known', async () => {
    server = await ledgerAt(['2026-01-01', 3], ['2026-02-01', 4], ['2026-03-01', 5]);
    const found = async (day: string): Promise<number> => (await policies.at(`${day}T12:00:00.000Z`)).followUp.attempts;
    expect(await found('2026-02-10')).toBe(4);
    events = 0;
    expect(await Promise.all(['2025-12-31', '2026-01-01', '2026-03-01', '2027-01-01'].map(found))).toEqual([
      3, 3, 5, 5,
    ]);
    expect(events).toBe(0);
  });
});
