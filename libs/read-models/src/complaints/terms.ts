import type { PoolClient } from 'pg';
import type { ComplaintFact } from '../../../complaint/src/events.ts';
import { isSealedText, type Personal, type SealedText } from '../../../fact/src/personal.ts';
import { idOf } from '../../../fact/src/stream-kind.ts';
import type { Workplace } from '../projection.ts';
import { writeRows, type RowOf } from '../table.ts';
import { termRows } from './table.ts';

type Term = RowOf<typeof termRows>;
interface Sealed {
  readonly revision: number;
  readonly complaint: string;
  readonly kind: 'customer' | 'order';
  readonly text: SealedText;
}

/**
 * Notes by which references and orders the facts' complaints are found. The texts are opened under the transaction: an
 * erasure waits for it and empties what was noted; after one they read as erased, and an empty term is noted at once.
 * A rectified reference or order is one more term: the complaint is found by either.
 */
export const termsIn = async (facts: readonly ComplaintFact[], place: Workplace): Promise<void> => {
  const sealed = facts.flatMap(sealedIn);
  const rectifications = facts.flatMap((fact) =>
    fact.type === 'FactRectified' && fact.data.type === 'ComplaintReceived' && fact.data.data ? [fact] : [],
  );
  const anonymous = await anonymousAmong(rectifications, place);
  const rectified = rectifications.filter((fact) => !anonymous.has(idOf(fact)));
  if (sealed.length === 0 && rectified.length === 0) return;
  // One reading for the whole batch: keys are held in one order.
  const opened = await place.vault.open(
    { terms: sealed.map(({ text }) => text), rectified: rectified.map(({ data }) => data.data) },
    { tx: place.tx },
  );
  const terms = sealed.map(({ text, ...term }, at) => noted(place, { ...term, data_key: text.key }, opened.terms[at]));
  for (const [at, fact] of rectified.entries()) {
    const data = fact.data.data as Personal & SealedText;
    const term = { complaint: idOf(fact), revision: fact.revision, data_key: data.key };
    const members = membersIn(opened.rectified[at]);
    // Which members were rectified is as unknown after an erasure as their values: both kinds are noted, always.
    terms.push(noted(place, { ...term, kind: 'customer' }, members.customer));
    terms.push(noted(place, { ...term, kind: 'order' }, members.order));
  }
  await writeRows(place.tx, place.schema, termRows, terms);
};

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

const sealedIn = (fact: ComplaintFact): Sealed[] => {
  // Who complains anonymously is not found by what was said in passing: neither by the customer nor by the order.
  if (fact.type !== 'ComplaintReceived' || fact.data.confidentiality === 'anonymous') return [];
  const { customer, purchase } = fact.data;
  const of = (kind: Sealed['kind'], text: Personal | undefined): Sealed[] =>
    isSealedText(text) ? [{ complaint: idOf(fact), revision: fact.revision, kind, text }] : [];
  return [...of('customer', customer.reference), ...of('order', purchase?.order)];
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
