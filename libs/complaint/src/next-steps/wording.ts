import { de } from './wording/de.ts';
import { en, type Occasion } from './wording/en.ts';
import { ru } from './wording/ru.ts';

/** The first one stands in for all others. */
export const WORDING = { en, ru, de } as const;

export type WordingLanguage = keyof typeof WORDING;

export interface Wording {
  readonly language: WordingLanguage;
  readonly text: string;
}

/** The languages that there is wording in; the first one stands in for all others. */
export const WORDING_LANGUAGES = Object.keys(WORDING) as readonly WordingLanguage[];

/** Whether there is wording for a step. */
export const isWorded = (step: string): step is Occasion => Object.hasOwn(en, step);

/** Wording in the first of these languages (BCP 47 tags, best first) that there is any in, else in English. */
export const wordingFor = (occasion: Occasion, languages: readonly string[]): Wording => {
  const known = languages.map((tag) => tag.split('-')[0]!.toLowerCase()).find((tag) => Object.hasOwn(WORDING, tag));
  const language = (known ?? 'en') as WordingLanguage;
  return { language, text: WORDING[language][occasion] };
};
