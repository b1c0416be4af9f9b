import { defineTable } from '../table.ts';

/** Which group each issue is in, as it is classified now. Codes and ids only. */

export const classifiedRows = defineTable(
  'complaints',
  { complaint: 'uuid', revision: 'int', received_at: 'instant' },
  { key: ['complaint'], owner: 'complaint' },
);

export const issueRows = defineTable(
  'issues',
  {
    issue: 'uuid',
    complaint: 'uuid',
    received_at: 'instant',
    category: 'text',
    product: 'text?',
    department: 'text?',
    process: 'text?',
    touchpoint: 'text?',
  },
  {
    key: ['issue'],
    owner: 'complaint',
    indexes: { complaint: '(complaint)', received: '(received_at)', category: '(category, received_at)' },
  },
);

/** The codes that make a group, from the widest to the narrowest; a `level` is how many of them are told apart. */
export const DIMENSIONS = ['category', 'product', 'department', 'process', 'touchpoint'] as const;
export type Dimension = (typeof DIMENSIONS)[number];
