import type { ReadMessage } from '../../support/kafka.ts';

/** What a campaign leaves behind, as the checker takes it: read by other means than the service's own. */
export interface Evidence {
  readonly ledger: 'postgres' | 'eventstoredb';
  /** `/redress/<organisation>` */
  readonly source: string;
  /** Every fact in the ledger's order. */
  readonly facts: readonly LedgerFact[];
  readonly commands: readonly Command[];
  /** All messages, partition by partition in their order; undefined: there was no broker. */
  readonly messages: readonly ReadMessage[] | undefined;
  /** When everything had come to rest, in milliseconds: what was due before must have happened. */
  readonly restedAt: number;
}

type Json = null | boolean | number | string | readonly Json[] | { readonly [member: string]: Json };

export interface LedgerFact {
  /** `<epoch>.<20 digits>` */
  readonly position: string;
  readonly stream: string;
  readonly revision: number;
  readonly id: string;
  readonly type: string;
  // Read freely, as an outsider would.
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  readonly data: any;
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  readonly metadata: any;
}

/** One request, however often it was sent under its key. */
export interface Command {
  /** Who sent it, and what it was: `clerk 3, life 12: thanks`. */
  readonly name: string;
  readonly path: string;
  readonly body: object;
  readonly key: string;
  /** Its own `Correlation-Id`: it lies in every fact that the command records. */
  readonly correlation: string;
  readonly as?: string;
  readonly ifMatch?: string;
  /** What must come of it as long as every answer arrives; a list: one of these codes. */
  readonly meant: 'recorded' | readonly string[];
  readonly attempts: Attempt[];
  /** Never asked again, whatever came. */
  abandoned: boolean;
}

export interface Attempt {
  readonly api: string;
  readonly sentAt: number;
  /** When the whole request had left; absent: it never did. */
  readonly leftAt?: number;
  readonly endedAt: number;
  /** Absent: no answer came. */
  readonly status?: number;
  /** Why none came: a network's word, or `gave-up`. */
  readonly lost?: string;
  readonly code?: string;
  readonly outcome?: string;
  readonly retryAfter?: string;
  readonly answer?: Answer;
}

/** What an answer to a write promises for ever. */
export interface Answer {
  readonly status: number;
  readonly location: string | null;
  readonly etag: string | null;
  readonly id: string;
  readonly revision: number;
  readonly position: string | null;
  readonly facts: readonly { readonly id: string; readonly type: string }[];
  readonly followUp?: string;
  readonly issues?: readonly string[];
}

/** Something that must not be. */
export interface Violation {
  readonly rule: string;
  /** What was found, by ids. */
  readonly found: string;
}

export const nounOf = (stream: string): string => /^(.+?)-[0-9a-f]{8}-/.exec(stream)?.[1] ?? stream;
export const idIn = (stream: string): string => stream.slice(nounOf(stream).length + 1);

/** Facts by stream, each in the ledger's order. */
export const byStream = (facts: readonly LedgerFact[]): Map<string, LedgerFact[]> =>
  grouped(facts, (fact) => fact.stream);

export const grouped = <T>(things: readonly T[], keyOf: (thing: T) => string): Map<string, T[]> => {
  const groups = new Map<string, T[]>();
  for (const thing of things) {
    const key = keyOf(thing);
    const group = groups.get(key);
    if (group) group.push(thing);
    else groups.set(key, [thing]);
  }
  return groups;
};

/** RFC 8785, written anew: the checker does not trust the service's own. */
export const jcs = (value: Json): string => {
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map((item: Json) => jcs(item)).join(',')}]`;
  const members = value as { readonly [member: string]: Json };
  return `{${Object.keys(members)
    .sort()
    .map((name) => `${JSON.stringify(name)}:${jcs(members[name]!)}`)
    .join(',')}}`;
};
