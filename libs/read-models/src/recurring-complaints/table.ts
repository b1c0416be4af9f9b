import { defineTable } from '../table.ts';

/** Which group each issue is in, as it is classified now, and how many complaints each group has. Codes and ids only. */

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
    /** The group that tells all codes apart, by its name. */
    codes: 'code',
    /** The complaint is in more groups than this one. */
    several: 'flag',
  },
  {
    key: ['issue'],
    owner: 'complaint',
    indexes: {
      complaint: '(complaint)',
      received: '(received_at)',
      // A group's newest complaints, without looking at the others.
      evidence: '(codes, received_at desc, complaint desc)',
      several: '(received_at) where several',
    },
  },
);

/** How many complaints of a group were received in a span of days: a question adds up spans instead of complaints. */
export const countRows = defineTable(
  'counts',
  {
    /** The length of the span. */
    days: 'int',
    /** Which one, counted from 1970-01-01 UTC. */
    nth: 'int',
    codes: 'code',
    /** Each once, never 0. */
    complaints: 'int',
  },
  // A row tells of many streams: it is counted up and down (counting.ts), never read by its owner.
  { key: ['days', 'nth', 'codes'], owner: 'codes' },
);
