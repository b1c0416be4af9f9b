import { defineTable } from '../table.ts';

/** What was promised to customers by a time, and the clocks that run for a complaint. */

export const timedComplaintRows = defineTable(
  'complaints',
  {
    complaint: 'uuid',
    revision: 'int',
    reference: 'text',
    /** Migrated complaints have no clocks. */
    migrated: 'flag',
    received_at: 'instant',
    channel: 'text',
    handler: 'text?',
  },
  { key: ['complaint'], owner: 'complaint', indexes: { received: '(received_at)' } },
);

export const clockRows = defineTable(
  'clocks',
  {
    complaint: 'uuid',
    /** A name of the table of clocks. */
    clock: 'text',
    /** The revision of the fact that set it. */
    set_by: 'int',
    due: 'instant',
    /** When what it waits for took effect. */
    met_at: 'instant?',
    /** When the customer withdrew while it ran: nobody waits any more, also after a reopening. */
    stopped_at: 'instant?',
    /** The system saw it run out. Stands, also when the answer came to light later. */
    missed_at: 'instant?',
  },
  {
    key: ['complaint', 'clock', 'set_by'],
    owner: 'complaint',
    indexes: { running: '(due) where met_at is null and stopped_at is null' },
  },
);

export const promiseRows = defineTable(
  'promises',
  {
    promise: 'uuid',
    complaint: 'uuid',
    what: 'text',
    due: 'instant',
    made_at: 'instant',
    fulfilled_at: 'instant?',
    broken_at: 'instant?',
  },
  {
    key: ['promise'],
    owner: 'complaint',
    indexes: { complaint: '(complaint)', running: '(due) where fulfilled_at is null' },
  },
);
