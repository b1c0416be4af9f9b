import { createHash } from 'node:crypto';

/** One row of the CFPB's public complaint database, by its column titles. Any of them may be missing or empty. */
export type CfpbRow = Readonly<Record<string, string | undefined>>;

/** One request that brings a row in, or why the row cannot be brought in. */
export type Intake =
  | { readonly kind: 'intake'; readonly key: string; readonly body: Record<string, unknown> }
  | { readonly kind: 'unusable'; readonly reason: string };

/**
 * NOTE: the keys and codes made here tie stored complaints to their rows for ever: importing again must meet them.
 * `cfpb:<complaint id>:received` is the Idempotency-Key, so the body must be the same for the same row, too.
 */
export const intakeOf = (row: CfpbRow): Intake => {
  const cell = (title: string): string | undefined => {
    const value = row[title]?.trim();
    return value === undefined || value === '' || value === 'N/A' ? undefined : value;
  };
  const id = cell('Complaint ID');
  if (id === undefined || !/^[A-Za-z0-9._-]{1,64}$/.test(id))
    return { kind: 'unusable', reason: 'no usable complaint id' };
  const day = dayOf(cell('Date received'));
  if (day === undefined) return { kind: 'unusable', reason: 'no usable date received' };

  const issue = cell('Issue');
  const product = cell('Product');
  const company = cell('Company');
  const headline = [issue, cell('Sub-issue')].filter((part) => part !== undefined).join(': ');
  const narrative =
    cell('Consumer complaint narrative') === undefined ? undefined : row['Consumer complaint narrative'];
  const words = narrative ?? (headline || product);
  if (words === undefined) return { kind: 'unusable', reason: 'neither a narrative nor an issue' };

  const via = cell('Submitted via')?.toLowerCase() ?? '';
  const needs = (cell('Tags') ?? '')
    .split(',')
    .filter((tag) => tag.trim() !== '')
    .map(codeOf);
  return {
    kind: 'intake',
    key: `cfpb:${id}:received`,
    body: {
      channel: CHANNELS[via] ?? 'partner',
      words,
      ...(narrative !== undefined && headline !== '' && { summary: headline }),
      language: 'en',
      ...(needs.length > 0 && { needs }),
      ...(product !== undefined && { purchase: { product: codeOf(product) } }),
      ...(issue !== undefined && {
        issues: [
          { category: codeOf(issue), ...(company !== undefined && { process: { department: codeOf(company) } }) },
        ],
      }),
      origin: { system: 'cfpb', id, migrated: true },
      effectiveAt: `${day}T00:00:00.000Z`,
    },
  };
};

const CHANNELS: Readonly<Record<string, string>> = {
  web: 'web-form',
  phone: 'phone',
  'postal mail': 'letter',
  fax: 'fax',
  email: 'email',
  referral: 'regulator',
  'web referral': 'regulator',
};

/** A label as a code: kebab case; over 64 characters cut to 55 and told apart by 8 hex digits of the label's SHA-256. */
export const codeOf = (label: string): string => {
  const trimmed = label.trim();
  const kebab = trimmed
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '');
  const hash = createHash('sha256').update(trimmed).digest('hex').slice(0, 8);
  if (kebab === '') return `label-${hash}`;
  return kebab.length <= 64 ? kebab : `${kebab.slice(0, 55).replace(/-$/, '')}-${hash}`;
};

/** `2012-02-07` as it is, `02/07/2012` and `02/07/12` turned round; undefined when it is no day of the calendar. */
const dayOf = (text: string | undefined): string | undefined => {
  const american = /^(\d{1,2})\/(\d{1,2})\/(\d{4}|\d{2})$/.exec(text ?? '');
  const iso = american
    ? `${american[3]!.length === 2 ? '20' : ''}${american[3]}-${american[1]!.padStart(2, '0')}-${american[2]!.padStart(2, '0')}`
    : /^\d{4}-\d{2}-\d{2}/.exec(text ?? '')?.[0];
  if (iso === undefined) return undefined;
  const parsed = new Date(`${iso}T00:00:00.000Z`);
  return Number.isNaN(parsed.getTime()) || parsed.toISOString().slice(0, 10) !== iso ? undefined : iso;
};
