import type { PoolClient } from 'pg';
import type { ComplaintFact } from '#complaint/events';
import { isSealedText, type Personal, type SealedText } from '#fact/personal';
import { idOf } from '#fact/stream-kind';
import type { Workplace } from '../projection.ts';
import { writeRows, type RowOf } from '../table.ts';
import { termRows } from './table.ts';

type Term = RowOf<typeof termRows>;
type Received = Extract<ComplaintFact, { type: 'ComplaintReceived' }>;
type Rectification = Extract<ComplaintFact, { type: 'FactRectified' }>;
interface Sealed {
  readonly revision: number;
  readonly complaint: string;
  readonly kind: 'customer' | 'order';
  readonly text: SealedText;
}

/**
 * By which references and orders the facts' complaints are found. The keys are held by the transaction: an erasure waits
 * for it and empties what was noted; after one the texts read as erased, and an empty term is noted at once.
 * A rectified reference or order is one more term: the complaint is found by either.
 */
export const termsIn = async (facts: readonly ComplaintFact[], place: Workplace): Promise<Terms> => {
  const sealed: Sealed[] = [];
  const rectifications: Rectification[] = [];
  for (const fact of facts)
    if (fact.type === 'ComplaintReceived') sealedIn(fact, sealed);
    else if (fact.type === 'FactRectified' && fact.data.type === 'ComplaintReceived' && fact.data.data)
      rectifications.push(fact);
  // One reading for the whole batch: keys are held in one order.
  const opening = await place.vault.opening(
    { terms: sealed.map(({ text }) => text), rectified: rectifications.map(({ data }) => data.data) },
    { tx: place.tx },
  );
  const terms: Term[] = [];
  let rectified: readonly unknown[] = [];
  return {
    open: () => {
      const opened = opening();
      for (const [at, { text, ...term }] of sealed.entries())
        terms.push(noted(place, { ...term, data_key: text.key }, opened.terms[at]));
      rectified = opened.rectified;
    },
    write: async () => {
      const anonymous = await anonymousAmong(rectifications, place);
      for (const [at, fact] of rectifications.entries()) {
        if (anonymous.has(idOf(fact))) continue;
        const data = fact.data.data as Personal & SealedText;
        const term = { complaint: idOf(fact), revision: fact.revision, data_key: data.key };
        const members = membersIn(rectified[at]);
        // Which members were rectified is as unknown after an erasure as their values: both kinds are noted, always.
        terms.push(noted(place, { ...term, kind: 'customer' }, members.customer));
        terms.push(noted(place, { ...term, kind: 'order' }, members.order));
      }
      await writeRows(place.tx, place.schema, termRows, terms);
    },
  };
};

/** Terms of a batch whose keys are read. */
interface Terms {
  /** Takes this process's time, not the database's. */
  readonly open: () => void;
  /** When they are open and the rows of their complaints are written. */
  readonly write: () => Promise<void>;
}

/** Which of the rectified complaints are anonymous. Their rows are written already. */
const anonymousAmong = async (
  rectifications: readonly ComplaintFact[],
  { tx, schema }: Workplace,
): Promise<ReadonlySet<string>> => {
  if (rectifications.length === 0) return new Set();
  const { rows } = await tx.query<{ complaint: string }>(
    `select complaint from ${schema}.complaints where confidentiality = 'anonymous' and complaint = any($1::uuid[])`,
    [rectifications.map(idOf)],
  );
  return new Set(rows.map(({ complaint }) => complaint));
};

/** Empties the terms of a person whose keys were erased. */
export const forgetTerms = async (subject: string, tx: PoolClient, schema: string): Promise<void> => {
  await tx.query(
    `update ${schema}.terms t set hmac = null
       from ${schema}.complaints c
      where c.customer = $1 and t.complaint = c.complaint and t.hmac is not null
        and exists (select 1 from es.keys k where k.kid = t.data_key and k.erased_at is not null)`,
    [subject],
  );
};

const sealedIn = (fact: Received, found: Sealed[]): void => {
  // Who complains anonymously is not found by what was said in passing: neither by the customer nor by the order.
  if (fact.data.confidentiality === 'anonymous') return;
  const { customer, purchase } = fact.data;
  const add = (kind: Sealed['kind'], text: Personal | undefined): void => {
    if (isSealedText(text)) found.push({ complaint: idOf(fact), revision: fact.revision, kind, text });
  };
  add('customer', customer.reference);
  add('order', purchase?.order);
};

/** An erased text, or one that is not there, is noted without an HMAC. */
const noted = ({ secrets }: Workplace, term: Omit<Term, 'hmac'>, text: unknown): Term => {
  if (typeof text !== 'string') return { ...term, hmac: null };
  const hmac = term.kind === 'customer' ? secrets.referenceHmac(text) : secrets.orderHmac(text);
  return { ...term, hmac: `\\x${hmac.toString('hex')}` };
};

/** The members of a receipt that a rectification replaced, as far as they are terms. */
const membersIn = (json: unknown): { customer?: unknown; order?: unknown } => {
  if (typeof json !== 'string') return {};
  try {
    const data = JSON.parse(json) as { customer?: { reference?: unknown }; purchase?: { order?: unknown } } | null;
    return { customer: data?.customer?.reference, order: data?.purchase?.order };
  } catch {
    return {}; // the rules check what is rectified; a text that is no JSON has no terms
  }
};
