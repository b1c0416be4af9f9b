import { InvalidCursor, readCursor, writeCursor } from './cursor.ts';

describe('a cursor', () => {
  const filters = { category: 'delivery-late', handler: undefined };
  const place = ['2026-03-01T09:00:00.000Z', 'id-1'];
  const cursor = writeCursor('complaints', filters, place);

  it('gives its place back, for the same list and filters', () => {
    expect(readCursor('complaints', filters, cursor)).toEqual(place);
    expect(readCursor('complaints', { category: 'delivery-late' }, cursor)).toEqual(place);
  });
  it('may be absent', () => expect(readCursor('complaints', filters, undefined)).toBeUndefined());
  it('needs no escaping in a URL', () => expect(encodeURIComponent(cursor)).toBe(cursor));

  it.each([
    ['another list', () => readCursor('overdue', filters, cursor)],
    ['another filter', () => readCursor('complaints', { category: 'rude' }, cursor)],
    ['one filter more', () => readCursor('complaints', { ...filters, handler: 'anna' }, cursor)],
    ['a changed character', () => readCursor('complaints', filters, `A${cursor.slice(1)}`)],
    ['a piece of it', () => readCursor('complaints', filters, cursor.slice(0, -1))],
    ['something else', () => readCursor('complaints', filters, 'next')],
    ['nothing', () => readCursor('complaints', filters, '')],
    ['more parts', () => readCursor('complaints', filters, `${cursor}.x`)],
  ])('does not fit %s', (_what, read) => {
    expect(read).toThrow(InvalidCursor);
  });
});
