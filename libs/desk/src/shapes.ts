import { optionalPersonalText, personalText, type Personal } from '#fact/personal';
import { Amount, Code, Currency, Inside, InstantField, Text } from './fields.ts';

/** The shapes that several bodies share. */

/** What every body may say: when it took effect, if that was not now. */
export class DatedBody {
  @InstantField({ optional: true, means: 'When it took effect; absent: now. Not before the complaint was received.' })
  readonly effectiveAt?: string;
}

export class OverrideBody {
  @Text({ means: 'Why the rule is set aside.' })
  readonly reason!: string;
}

/** For commands whose rule the policy may let be set aside. */
export class OverridableBody extends DatedBody {
  @Inside(() => OverrideBody, {
    optional: true,
    means: 'Sets the rule aside where policy allows it; recorded as a fact.',
  })
  readonly override?: OverrideBody;
}

export class MoneyBody {
  @Amount({ means: 'In the smallest unit of the currency.' })
  readonly amount!: number;
  @Currency()
  readonly currency!: string;
}

/** What failed: named by department, process and step, never by a person. */
export class ProcessBody {
  @Code({ example: 'logistics' })
  readonly department!: string;
  @Code({ optional: true, example: 'delivery' })
  readonly process?: string;
  @Code({ optional: true, example: 'call-ahead' })
  readonly step?: string;
}

/** The override as rules take it. */
export const overrideOf = (body: OverridableBody): { override?: { reason: Personal } } =>
  body.override ? { override: { reason: personalText(body.override.reason) } } : {};

/** The members that are there: rules and facts know no undefined ones. */
export const present = <T extends object>(value: T): Present<T> =>
  Object.fromEntries(Object.entries(value).filter(([, member]) => member !== undefined)) as Present<T>;

type Present<T> = { [K in keyof T as undefined extends T[K] ? K : never]?: Exclude<T[K], undefined> } & {
  [K in keyof T as undefined extends T[K] ? never : K]: T[K];
};

/** Texts of a person as rules take them; absent ones stay away. */
export const personalTexts = <T extends Readonly<Record<string, string | undefined>>>(
  texts: T,
): { [K in keyof T as undefined extends T[K] ? K : never]?: Personal } & {
  [K in keyof T as undefined extends T[K] ? never : K]: Personal;
} =>
  present(Object.fromEntries(Object.entries(texts).map(([key, text]) => [key, optionalPersonalText(text)]))) as never;
