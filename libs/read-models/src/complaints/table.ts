import { Type } from '@sinclair/typebox';
import { code, nullable, type AnswerOf } from '#desk/answer-schemas';
import { Process, Uuid } from '#fact/vocabulary';
import { defineTable } from '../table.ts';

/** Complaints as they are searched and listed: one row each, and the terms by which one is found. */

export const COMPLAINT_STATES = ['open', 'resolved', 'closed', 'withdrawn'] as const;
/** Where the conduct stands; reopening makes it `open` again. */
export type ComplaintState = (typeof COMPLAINT_STATES)[number];

export const complaintRows = defineTable(
  'complaints',
  {
    complaint: 'uuid',
    revision: 'int',
    reference: 'text',
    /** The complainant's subject. */
    customer: 'uuid',
    channel: 'text',
    language: 'text?',
    confidentiality: 'text',
    migrated: 'flag',
    received_at: 'instant',
    handler: 'text?',
    state: 'text',
    /** The newest classification of each issue. */
    issues: 'json',
    words: 'sealed',
    summary: 'sealed?',
  },
  {
    key: ['complaint'],
    owner: 'complaint',
    fixed: ['words', 'summary'],
    askedBy: {
      received: '(received_at desc, complaint desc)',
      reference: '(reference)',
      customer: '(customer, received_at desc)',
      handler: '(handler, received_at desc) where handler is not null',
      unassigned: '(received_at desc, complaint desc) where handler is null',
      state: '(state, received_at desc)',
    },
  },
);

/** What complaints are listed by besides: `channel:<code>`, and `category:<code>` for each that one of its issues has now. */
export const labelRows = defineTable(
  'labels',
  { label: 'code', received_at: 'instant', complaint: 'uuid' },
  // A list by label is read in the order of its index, however many complaints have the label.
  {
    key: ['complaint', 'label'],
    owner: 'complaint',
    askedBy: { listed: '(label, received_at desc, complaint desc)' },
  },
);

/**
 * The customer's references and orders, as HMACs, each beside the data key that opened it: when that key is erased the
 * HMAC is null, here and in every rebuild (docs/formats.md, Personal data).
 */
export const termRows = defineTable(
  'terms',
  {
    complaint: 'uuid',
    /** `customer` or `order`. */
    kind: 'text',
    /** Of the fact that holds it: the receipt, or its rectification. */
    revision: 'int',
    data_key: 'uuid',
    hmac: 'bytes?',
  },
  {
    key: ['complaint', 'kind', 'revision'],
    owner: 'complaint',
    askedBy: { hmac: '(kind, hmac)' },
  },
);

/** An issue as the list shows it, and as the row holds it. NOTE: published. */
export const LISTED_ISSUE = Type.Object({
  id: Uuid,
  category: code,
  severity: nullable(code),
  product: nullable(code),
  touchpoint: nullable(code),
  process: nullable(Process),
});
export type ListedIssue = AnswerOf<typeof LISTED_ISSUE>;
