import type { Table } from '#postgres/tables';

/** Read models are made anew from the facts, and so are their checkpoints. */
const NOT_OF_READ_MODELS = `not starts_with(subscription, 'projector:')`;

/** What stores the facts: a backup reads those in their order instead, from whichever store keeps them. */
const FACTS: Pick<Table, 'content' | 'backup'> = { content: 'kept', backup: false };

export const ledgerTables: readonly Table[] = [
  { name: 'es.head', rights: ['select', 'update (position, organisation)'], ...FACTS },
  { name: 'es.streams', rights: ['select', 'insert', 'update (revision)'], ...FACTS },
  // History is added to, never changed.
  { name: 'es.events', rights: ['select', 'insert'], ...FACTS },
  {
    name: 'es.checkpoints',
    content: 'kept',
    rights: ['select', 'insert', 'update', 'delete'],
    backup: { taken: 'before-facts', where: NOT_OF_READ_MODELS, without: ['owner', 'holder', 'lease_until'] },
  },
  {
    name: 'es.parked',
    content: 'kept',
    rights: ['select', 'insert', 'update', 'delete'],
    backup: { taken: 'before-facts', where: NOT_OF_READ_MODELS },
  },
];
