/**
 * Personal texts (docs/domain.md §10). A rule can carry one from a command into a fact, but it cannot read it:
 * the type is opaque, so every decision is the same after the person was erased.
 */
declare const opaque: unique symbol;

/** A text that belongs to a person. Rules pass it on; only the privacy room writes and opens it. */
export interface Personal {
  readonly [opaque]: 'personal';
}

/** Whose text it is: every personal field names its subject; each has a data key of its own per stream. */
export type SubjectRole = 'complainant' | 'representative';

/** A text that has just come in at the door and is not stored yet. It exists in memory only. */
interface PlainText {
  readonly $plain: string;
}

/** NOTE: a storage format, for ever. The envelope of one personal text in a stored fact (docs/formats.md, Personal data). */
export interface Envelope {
  readonly $enc: 1;
  /** The data key's id. */
  readonly key: string;
  /** 12 bytes, base64url. */
  readonly iv: string;
  /** Ciphertext with its 16-byte tag appended, base64url. */
  readonly ct: string;
}

/** An envelope together with the place it was sealed for, so that it can be opened wherever it has travelled. */
export interface SealedText extends Envelope {
  readonly stream: string;
  readonly revision: number;
  /** The stored type, before any upcasting. */
  readonly type: string;
  /** JSON pointer (RFC 6901) into the stored data. */
  readonly pointer: string;
}

/** Marks a text as personal on its way from the door to a fact. */
export const personalText = (text: string): Personal => ({ $plain: text }) as unknown as Personal;

/** The same for a text that may be absent. */
export const optionalPersonalText = (text: string | undefined): Personal | undefined =>
  text === undefined ? undefined : personalText(text);

export const sealedText = (sealed: SealedText): Personal => sealed as unknown as Personal;

/** What a personal text is at this moment. Only for the room that seals and opens. */
export const inspectPersonal = (
  value: Personal,
): { kind: 'plain'; text: string } | { kind: 'sealed'; sealed: SealedText } => {
  const inner = value as unknown as PlainText | SealedText;
  return '$plain' in inner ? { kind: 'plain', text: inner.$plain } : { kind: 'sealed', sealed: inner };
};

/** True for an envelope as it lies in stored data. */
export const isEnvelope = (value: unknown): value is Envelope =>
  typeof value === 'object' && value !== null && (value as { $enc?: unknown }).$enc === 1;

/** True for a personal text in a decoded fact or a read model's row. */
export const isSealedText = (value: unknown): value is SealedText =>
  isEnvelope(value) && typeof (value as { pointer?: unknown }).pointer === 'string';
