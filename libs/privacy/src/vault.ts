import { randomBytes, randomUUID } from 'node:crypto';
import { inspectPersonal, isEnvelope, type Personal, type SealedText } from '#fact/personal';
import { unseal } from './envelope.ts';
import { HeldKeys } from './held-keys.ts';
import type { KeyRow, KeyTable, NewKeyRow, ReadKeys } from './key-table.ts';
import type { MasterKey } from './master-key.ts';

/** How an erased text reads wherever it is shown. */
export const ERASED = { erased: true } as const;
export type Opened = string | typeof ERASED;

/** A data key ready to seal with; `row` is there when it was minted just now and must be stored with the facts. */
export interface LiveKey {
  readonly kid: string;
  readonly key: Buffer;
  readonly subject: string;
  readonly wrapped: Buffer;
  readonly row?: NewKeyRow;
}

/** A key row is missing or cannot be unwrapped: an alarm, and unready; never "erased". */
export class KeyError extends Error {
  override readonly name = 'KeyError';

  constructor(
    readonly kid: string,
    what: string,
    options?: ErrorOptions,
  ) {
    super(`data key ${kid} ${what}`, options);
  }
}

/** Data keys, unwrapped only while they are used (docs/domain.md §10; docs/formats.md, Personal data). */
export class Vault {
  /** Keys that could not be used, until they can. */
  private readonly troubled = new Map<string, KeyError>();
  private readonly held = new HeldKeys();

  constructor(
    private readonly table: KeyTable,
    private readonly master: MasterKey,
  ) {}

  /**
   * The live key of a subject in a stream, or a new one. It may have been erased a moment ago: the append that uses it
   * asks, and stores nothing then.
   */
  async keyFor(subject: string, stream: string): Promise<LiveKey> {
    const row = this.held.get(subject, stream) ?? (await this.table.live(subject, stream));
    if (row) return { kid: row.kid, key: this.unwrap(row), subject, wrapped: row.wrapped! };
    const kid = randomUUID();
    const key = randomBytes(32);
    const wrapped = this.master.wrap(key, purposeOf(kid));
    return { kid, key, subject, wrapped, row: { kid, subject, stream, wrapped } };
  }

  /** An append has just stored facts under these keys: whoever writes to the stream next need not look them up. */
  hold(stream: string, keys: readonly LiveKey[]): void {
    for (const { kid, subject, wrapped } of keys) this.held.hold(subject, stream, { kid, wrapped });
  }

  /** An append was told that a key is erased: all are looked up again. */
  letGo(): void {
    this.held.letGo();
  }

  /**
   * A copy of a value in which every personal text is opened: a string, or ERASED.
   * Opens facts' data, read models' rows and states alike; one query for all keys.
   * A projection that stores anything derived from an opened text (an HMAC) passes its transaction: an erasure then
   * waits for it. Throws KeyError.
   */
  async open<T>(value: T, options?: ReadKeys): Promise<T> {
    return (await this.opening(value, options))();
  }

  /** The same in two steps: reads the keys, and answers what opens the texts when there is time for it. */
  async opening<T>(value: T, options?: ReadKeys): Promise<() => T> {
    const kids = new Set<string>();
    collect(value, kids);
    if (kids.size === 0) return () => value;
    const rows = new Map((await this.table.byIds([...kids], options)).map((row) => [row.kid, row]));
    return () => {
      const keys = new Map<string, Buffer | null>();
      for (const kid of kids) keys.set(kid, this.keyIn(kid, rows.get(kid)));
      return opened(value, (sealed) => {
        const key = keys.get(sealed.key)!;
        return key === null ? ERASED : unseal(sealed, key, sealed);
      }) as T;
    };
  }

  /** Opens one personal text. */
  async read(personal: Personal, options?: ReadKeys): Promise<Opened> {
    const inside = inspectPersonal(personal);
    return inside.kind === 'plain'
      ? inside.text
      : (this.open<Opened | SealedText>(inside.sealed, options) as Promise<Opened>);
  }

  /** Unready while a key that somebody asked for is missing or does not unwrap. Names keys, never persons. */
  health(): { ok: boolean; detail?: string } {
    const [first] = this.troubled.values();
    if (!first) return { ok: true };
    const more = this.troubled.size - 1;
    return { ok: false, detail: more > 0 ? `${first.message}, and ${more} more` : first.message };
  }

  /** The data key in a row; null when the person was erased. */
  private keyIn(kid: string, row: KeyRow | undefined): Buffer | null {
    if (!row) throw this.trouble(new KeyError(kid, 'is missing'));
    if (row.wrapped === null && row.erasedAt !== null) {
      this.troubled.delete(kid);
      return null;
    }
    return this.unwrap(row);
  }

  private unwrap({ kid, wrapped }: Pick<KeyRow, 'kid' | 'wrapped'>): Buffer {
    if (wrapped === null) throw this.trouble(new KeyError(kid, 'has neither a key nor an erasure'));
    try {
      const key = this.master.unwrap(wrapped, purposeOf(kid));
      this.troubled.delete(kid);
      return key;
    } catch (cause) {
      throw this.trouble(new KeyError(kid, 'cannot be unwrapped', { cause }));
    }
  }

  private trouble(trouble: KeyError): KeyError {
    // A thousand troubled keys say no more than the first hundred.
    if (this.troubled.size < 100) this.troubled.set(trouble.kid, trouble);
    return trouble;
  }
}

const purposeOf = (kid: string): string => `data-key:${kid}`;

const opened = (value: unknown, openOne: (sealed: SealedText) => Opened): unknown => {
  if (isEnvelope(value)) return openOne(value as SealedText);
  if (Array.isArray(value)) return value.map((item) => opened(item, openOne));
  if (typeof value === 'object' && value !== null)
    return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, opened(member, openOne)]));
  return value;
};

const collect = (value: unknown, kids: Set<string>): void => {
  if (isEnvelope(value)) kids.add(value.key);
  else if (Array.isArray(value)) value.forEach((item) => collect(item, kids));
  else if (typeof value === 'object' && value !== null) Object.values(value).forEach((member) => collect(member, kids));
};
