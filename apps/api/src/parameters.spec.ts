import { freshEnough } from './fresh.ts';
import { instantIn } from './parameters.ts';

describe('an instant', () => {
  it.each([
    ['2026-03-01T09:00:00Z', '2026-03-01T09:00:00.000Z'],
    ['2026-03-01t09:00:00.1z', '2026-03-01T09:00:00.100Z'],
    ['2026-03-01T09:00:00.123456789Z', '2026-03-01T09:00:00.123Z'],
    ['2026-03-01T00:30:00+02:00', '2026-02-28T22:30:00.000Z'],
    ['2024-02-29T00:00:00Z', '2024-02-29T00:00:00.000Z'],
  ])('%s', (text, expected) => expect(instantIn(text)).toBe(expected));

  it.each([
    '2026-02-30T09:00:00Z',
    '2025-02-29T09:00:00Z',
    '2026-13-01T09:00:00Z',
    '2026-00-01T09:00:00Z',
    '2026-03-01T24:00:00Z',
    '2026-03-01T09:60:00Z',
    '2026-03-01T09:00:60Z',
    '2026-03-01',
    '2026-03-01T09:00:00',
    '2026-03-01 09:00:00Z',
    '0000-01-01T00:00:00+23:59',
    '9999-12-31T23:59:59-23:59',
    '2026-03-01T09:00:00+24:00',
    '2026-03-01T09:00Z',
    'now',
    '',
    '+002026-03-01T09:00:00Z',
  ])('%s is none', (text) => expect(instantIn(text)).toBeUndefined());
});

describe('minPosition', () => {
  const position = 'abc.00000000000000000007';

  it('waits as long as the list takes, at most two seconds', async () => {
    const asked: unknown[] = [];
    await freshEnough(async (...what) => asked.push(what) > 0, position, 'abc');
    expect(asked).toEqual([[position, 2000]]);
  });
  it('is read-model-behind when the list is not there in time', async () => {
    await expect(freshEnough(async () => false, position, 'abc')).rejects.toMatchObject({
      code: 'read-model-behind',
      headers: { 'retry-after': '1' },
    });
  });
  it('is refused at once when it belongs to another ledger', async () => {
    await expect(freshEnough(async () => true, position, 'xyz')).rejects.toMatchObject({ reason: 'other-epoch' });
  });
  it('may be absent', async () => {
    await freshEnough(() => Promise.reject(new Error('must not be asked')), undefined, 'abc');
  });
});
