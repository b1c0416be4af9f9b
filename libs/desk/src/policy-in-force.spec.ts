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
const ledgerOf = async (...attempts: readonly number[]): Promise<InMemoryEventStore> => {
  const keys = new InMemoryKeyTable();
  const store = new InMemoryEventStore(keys);
  const parts = {
    store,
    vault: new Vault(keys, MasterKey.mint().key),
    secrets: new Secrets(randomBytes(32)),
    clock: () => new Date('2026-03-02T09:00:00.000Z'),
  };
  for (const some of attempts)
    await adoptPolicy(parts, {
      policy: { ...defaultPolicy, followUp: { ...defaultPolicy.followUp, attempts: some } },
      source: 'api',
    });
  return store;
};

describe('the policy in force', () => {
  let server: EventStore;
  let interruptions: number;
  let reads: number;
  /** Runs once, behind the first event that is read. */
  let meanwhile: (() => void) | undefined;
  const store = new Proxy({} as EventStore, {
    get: (_, name) => {
      if (name === 'interruptions') return interruptions;
      if (name !== 'readStream') throw new Error(String(name));
      return async function* (...args: Parameters<EventStore['readStream']>) {
        reads++;
        const answering = server;
        for await (const event of answering.readStream(...args)) {
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
    interruptions = reads = 0;
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
});
