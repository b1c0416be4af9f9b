import { streamOf } from '#fact/stream-kind';
import { nouns, type Noun, type NounKind } from './nouns.ts';

/** NOTE: a storage format (docs/formats.md, Ids and idempotency). A noun that is set aside for later: its facts will not be published. */
type SetAside = 'customer';
const SET_ASIDE: readonly SetAside[] = ['customer'];

const single = nouns.filter((kind) => 'single' in kind).map(({ noun }) => noun as string);
const many = [...nouns.filter((kind) => !('single' in kind)).map(({ noun }) => noun as string), ...SET_ASIDE];
const OURS = new RegExp(`^(${many.join('|')})-([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$`);

/** The noun and bare id of a stream's name; undefined for a stream that is not ours. */
export const nounOf = (stream: string): { noun: Noun | SetAside; id: string } | undefined => {
  if (single.includes(stream)) return { noun: stream as Noun, id: stream };
  const match = OURS.exec(stream);
  return match ? { noun: match[1] as Noun | SetAside, id: match[2]! } : undefined;
};

/** Whether a stream's name is one of ours. */
export const isOurs = (stream: string): boolean => single.includes(stream) || OURS.test(stream);

/** The stream of a noun with this id; nouns of which there is one have no ids. */
export const streamOfKind = (kind: Pick<NounKind, 'noun'> & { readonly single?: true }, id: string): string =>
  kind.single ? kind.noun : streamOf(kind.noun, id);
