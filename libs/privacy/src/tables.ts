import type { Table } from '#postgres/tables';

/** What texts are sealed with, and whose they are. The ledger makes these tables, for a key is written with its fact. */
export const privacyTables: readonly Table[] = [
  // A row stands for ever: nothing is changed but what erasing and re-wrapping change.
  {
    name: 'es.keys',
    content: 'kept',
    rights: ['select', 'insert', 'update (wrapped, erased_at)'],
    backup: { taken: 'after-facts' },
  },
  {
    name: 'es.secrets',
    content: 'kept',
    rights: ['select', 'insert', 'update (wrapped)'],
    backup: { taken: 'after-facts' },
  },
  {
    name: 'es.subjects',
    content: 'kept',
    rights: ['select', 'insert', 'update (reference_hmac, erased_at)', 'delete'],
    backup: { taken: 'after-facts' },
  },
  { name: 'es.erasures', content: 'kept', rights: ['select', 'insert'], backup: { taken: 'after-facts' } },
];

/** The tables by which a master key and a list of erasures are proven to belong to a backup, before anything is written. */
export const PROVING: readonly string[] = ['es.secrets', 'es.erasures'];
