import { nouns, type NounKind } from './nouns.ts';

/** A "no" that some rule of this house can say. */
export type RefusalCode = {
  [Noun in NounKind['noun']]: keyof Extract<NounKind, { noun: Noun }>['refusals'];
}[NounKind['noun']];

/** Every one of them and its meaning. HTTP maps each once, in apps/api. */
export const REFUSALS = Object.assign({}, ...nouns.map(({ refusals }) => refusals)) as Readonly<
  Record<RefusalCode, string>
>;
