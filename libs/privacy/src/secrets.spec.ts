import fc from 'fast-check';
import { commandIdOf, derivedId, orderHmacOf, referenceHmacOf, requestDigestOf } from './secrets.ts';

/** Golden vectors, computed once with another implementation (Python's hmac). They may never change. */
const secret = Buffer.from(Array.from({ length: 32 }, (_, index) => index));
const keyed = { organisation: 'local', caller: 'anna', method: 'POST', path: '/v1/complaints', key: 'k-1' };
const cause = '01890a5d-ac96-774b-bcce-b302099a8057';

describe('the forms that are for ever', () => {
  it('command id', () => expect(commandIdOf(secret, keyed)).toBe('20eef3bd-bfa3-83cb-b062-1d6e3ac60e6f'));

  it('request digest, over the canonical form of the body', () =>
    expect(requestDigestOf(secret, { words: 'Grüße " / 😀', a: 1 })).toBe(
      'hmac-sha256:e0345fcd55c8c8d0d7b5d7a7d8711696c8d7265bfab37b8f6d3b6c006451ca19',
    ));

  it('request digest without a body, and of null', () => {
    expect(requestDigestOf(secret)).toBe(
      'hmac-sha256:6c40a32bf39500bdb5773d1167e64103b2bb1afdbc630b9a3a8722d4d28f9bf1',
    );
    expect(requestDigestOf(secret, null)).toBe(
      'hmac-sha256:fea5643a0e8919dec0025e5e0b87fc88f1f2eaf859962cab841e643bce5d34d2',
    );
  });

  it('HMAC of a customer reference, and another of an order that reads the same', () => {
    expect(referenceHmacOf(secret, 'C-1001').toString('hex')).toBe(
      '731c7ae571f0da571c6fab9f146bdf59a6ce3890c32128c424b3c807e141e302',
    );
    expect(orderHmacOf(secret, 'C-1001').toString('hex')).toBe(
      '463f97c774685a78a1a10adb1c8a6f91d4851a490549e9636b97b43c5f04870c',
    );
  });

  it('derived id', () => expect(derivedId(cause, 'open-follow-up')).toBe('80dfe53a-f773-86d0-b69e-a870fccec5f4'));
});

describe('command ids', () => {
  const UUID_8 = /^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

  it('are UUIDs of version 8, whatever the key is', () =>
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (key) => UUID_8.test(commandIdOf(secret, { ...keyed, key }))),
    ));

  it('differ when any part differs', () => {
    const others = [
      { ...keyed, organisation: 'other' },
      { ...keyed, caller: 'bert' },
      { ...keyed, method: 'PUT' },
      { ...keyed, path: '/v1/complaints/x' },
      { ...keyed, key: 'k-2' },
    ].map((other) => commandIdOf(secret, other));
    expect(new Set([commandIdOf(secret, keyed), ...others]).size).toBe(6);
  });

  it('keep their parts apart: what moves from one part to the next makes another id', () =>
    expect(commandIdOf(secret, { ...keyed, caller: 'ann', organisation: 'locala' })).not.toBe(
      commandIdOf(secret, { ...keyed, caller: 'aann', organisation: 'local' }),
    ));

  it('cannot be guessed without the secret', () =>
    expect(commandIdOf(Buffer.alloc(32), keyed)).not.toBe(commandIdOf(secret, keyed)));

  it('do not mind how the method is written', () =>
    expect(commandIdOf(secret, { ...keyed, method: 'post' })).toBe(commandIdOf(secret, keyed)));
});

describe('request digests', () => {
  it('do not mind the order of members', () =>
    expect(requestDigestOf(secret, { a: 1, b: [2, 3] })).toBe(requestDigestOf(secret, { b: [2, 3], a: 1 })));

  it('mind everything else', () =>
    expect(requestDigestOf(secret, { a: 1, b: [2, 3] })).not.toBe(requestDigestOf(secret, { a: 1, b: [3, 2] })));
});

describe('derived ids', () => {
  it('differ by rule and by cause', () => {
    const ids = [derivedId(cause, 'a'), derivedId(cause, 'b'), derivedId(derivedId(cause, 'a'), 'a')];
    expect(new Set(ids).size).toBe(3);
  });

  it('have a UUID for a cause: anything else might be written in two ways', () =>
    expect(() => derivedId(cause.toUpperCase(), 'a')).toThrow(TypeError));
});
