import { defineTable } from '../table.ts';

/** Follow-up calls, and what the list shows of their complaints. */

export const callRows = defineTable(
  'calls',
  {
    call: 'uuid',
    revision: 'int',
    kind: 'text',
    complaint: 'uuid',
    /** The customer's subject. */
    customer: 'uuid',
    /** Who was to call when it was opened. */
    handler: 'text?',
    /** Who is to call now: whoever handles the complaint, else who was to when it was opened. */
    caller: 'text?',
    opened_at: 'instant',
    due: 'instant',
    /** Counted ones. */
    attempts: 'int',
    attempt_limit: 'int',
    last_attempt_at: 'instant?',
    last_result: 'text?',
    /** False: the customer was reached, or was not in the end, or the complaint was reopened. */
    open: 'flag',
  },
  {
    key: ['call'],
    owner: 'call',
    indexes: {
      due: '(due, call) where open',
      caller: '(caller, due, call) where open',
      complaint: '(complaint)',
    },
  },
);

export const calledAboutRows = defineTable(
  'complaints',
  { complaint: 'uuid', revision: 'int', reference: 'text', language: 'text?', handler: 'text?' },
  { key: ['complaint'], owner: 'complaint' },
);
