import { randomUUID } from 'node:crypto';
import { sealedText, type SealedText } from '#fact/personal';
import { seal, unseal } from './envelope.ts';
import { InMemoryKeyTable } from './in-memory-key-table.ts';
import { MasterKey } from './master-key.ts';
import { ERASED, KeyError, Vault } from './vault.ts';

const subject = randomUUID();
const stream = `complaint-${randomUUID()}`;

const setUp = async (words = 'the soup was cold') => {
  const table = new InMemoryKeyTable();
  const { key: master } = MasterKey.mint();
  const vault = new Vault(table, master);
  const live = await vault.keyFor(subject, stream);
  table.insert(live.row!);
  const place = { stream, revision: 0, type: 'ComplaintReceived', pointer: '/words' };
  const sealed: SealedText = { ...seal(words, live.kid, live.key, place), ...place };
  return { table, vault, live, sealed };
};

describe('the vault', () => {
  it('opens texts wherever they stand in a value and leaves the rest as it is', async () => {
    const { vault, sealed } = await setUp();
    expect(await vault.open({ a: [sealed, 1], b: { c: sealed }, d: null })).toEqual({
      a: ['the soup was cold', 1],
      b: { c: 'the soup was cold' },
      d: null,
    });
  });

  it('says "erased" after the erasure, and nothing else changes', async () => {
    const { table, vault, sealed } = await setUp();
    expect(await table.erase(subject)).toBe(1);
    expect(await vault.open({ code: 'slow', words: sealed })).toEqual({ code: 'slow', words: ERASED });
    expect(vault.health()).toEqual({ ok: true });
  });

  it('keeps one key for a person in a stream, another in another stream, and a new one after an erasure', async () => {
    const { table, vault, live } = await setUp();
    expect((await vault.keyFor(subject, stream)).kid).toBe(live.kid);
    expect((await vault.keyFor(subject, 'complaint-other')).kid).not.toBe(live.kid);
    await table.erase(subject);
    const next = await vault.keyFor(subject, stream);
    expect(next.kid).not.toBe(live.kid);
    expect(next.row).toBeDefined();
  });

  it('holds a key that was just used, wrapped: it is found without the table, for that person and stream alone', async () => {
    const { table, vault, live } = await setUp();
    vault.hold(stream, [live]);
    const lookUp = jest.spyOn(table, 'live');
    expect(await vault.keyFor(subject, stream)).toMatchObject({ kid: live.kid, key: live.key });
    expect(lookUp).not.toHaveBeenCalled();
    expect((await vault.keyFor(subject, 'complaint-other')).kid).not.toBe(live.kid);
    expect((await vault.keyFor(randomUUID(), stream)).kid).not.toBe(live.kid);
  });

  it('opens nothing by a key that it holds: what was erased meanwhile reads as "erased"', async () => {
    const { table, vault, live, sealed } = await setUp();
    vault.hold(stream, [live]);
    await table.erase(subject);
    expect(await vault.open(sealed)).toEqual(ERASED);
    vault.letGo();
    expect((await vault.keyFor(subject, stream)).kid).not.toBe(live.kid);
  });

  it('reads a text that is not stored yet', async () => {
    const { vault, sealed } = await setUp();
    expect(await vault.read(sealedText(sealed))).toBe('the soup was cold');
  });

  it('seals no two texts alike: every envelope has an iv of its own', async () => {
    const { live } = await setUp();
    const place = { stream, revision: 0, type: 'ComplaintReceived', pointer: '/words' };
    const envelopes = Array.from({ length: 2_000 }, () => seal('the same', live.kid, live.key, place));
    expect(new Set(envelopes.map(({ iv }) => iv)).size).toBe(2_000);
    expect(new Set(envelopes.map(({ ct }) => ct)).size).toBe(2_000);
  });

  it('cries out when a key is missing: never "erased"', async () => {
    const { vault, sealed } = await setUp();
    const missing = { ...sealed, key: randomUUID() };
    await expect(vault.open(missing)).rejects.toThrow(KeyError);
    expect(vault.health()).toEqual({ ok: false, detail: `data key ${missing.key} is missing` });
  });

  it('cries out when the master key is another one: never "erased"', async () => {
    const { table, live, sealed } = await setUp();
    const other = new Vault(table, MasterKey.mint().key);
    await expect(other.open(sealed)).rejects.toThrow(KeyError);
    await expect(other.keyFor(subject, stream)).rejects.toThrow(KeyError);
    expect(other.health()).toEqual({ ok: false, detail: `data key ${live.kid} cannot be unwrapped` });
  });

  it('is ready again as soon as the key is back', async () => {
    const { table, vault, sealed } = await setUp();
    const kid = randomUUID();
    const moved = { ...sealed, key: kid };
    await expect(vault.open(moved)).rejects.toThrow(KeyError);
    table.insert({ kid, subject, stream: 'complaint-restored', wrapped: await wrappedFor(vault, kid) });
    await vault.open(moved).catch(() => undefined); // sealed with another key, but this one unwraps
    expect(vault.health()).toEqual({ ok: true });
  });

  it('opens an envelope only at the place it was sealed for', async () => {
    const { vault, sealed } = await setUp();
    await expect(vault.open({ ...sealed, pointer: '/summary' })).rejects.toThrow();
    await expect(vault.open({ ...sealed, revision: 1 })).rejects.toThrow();
    await expect(vault.open({ ...sealed, stream: 'complaint-other' })).rejects.toThrow();
  });

  it('opens nothing by a shortened tag, which would be guessed sooner', async () => {
    const { live, sealed } = await setUp('');
    const shortened = { ...sealed, ct: Buffer.from(sealed.ct, 'base64url').subarray(0, 4).toString('base64url') };
    expect(() => unseal(shortened, live.key, sealed)).toThrow('Invalid authentication tag length');
  });

  it('unwraps no key by a shortened tag', async () => {
    const { live } = await setUp();
    const { key: master } = MasterKey.mint();
    const wrapped = master.wrap(live.key, 'p');
    expect(master.unwrap(wrapped, 'p')).toEqual(live.key);
    expect(() => master.unwrap(wrapped.subarray(0, 15), 'p')).toThrow('Invalid authentication tag length');
  });
});

/** A data key of that id under the vault's own master key. */
const wrappedFor = async (vault: Vault, kid: string): Promise<Buffer> =>
  (vault as unknown as { master: MasterKey }).master.wrap(Buffer.alloc(32, 7), `data-key:${kid}`);
