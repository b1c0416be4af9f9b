import { eventsOf, type EventRow } from './read-events.ts';

const row = (position: string): EventRow => ({
  position,
  stream: 'complaint-1',
  revision: '0',
  id: position,
  type: 'ComplaintReceived',
  data: {},
  metadata: {} as EventRow['metadata'],
  full: null,
});

describe('a page of the ledger', () => {
  it('prints positions so that their order is that of numbers', () => {
    expect(eventsOf([row('9'), row('10')], 'e').map(({ position }) => position)).toEqual([
      'e.00000000000000000009',
      'e.00000000000000000010',
    ]);
  });

  it('is no page when a fact stands out of order: a follower would pass over others', () => {
    expect(() => eventsOf([row('10'), row('9')], 'e')).toThrow('out of order');
    expect(() => eventsOf([row('9'), row('9')], 'e')).toThrow('out of order');
  });
});
