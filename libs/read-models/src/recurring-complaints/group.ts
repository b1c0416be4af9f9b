import { UNSPECIFIED, type Issue } from '#complaint/vocabulary';

/** The codes that make a group, from the widest to the narrowest; a `level` is how many of them are told apart. */
export const DIMENSIONS = ['category', 'product', 'department', 'process', 'touchpoint'] as const;
export type Dimension = (typeof DIMENSIONS)[number];

/** An issue's codes, one for each dimension; null: not said. */
export type Codes = Readonly<Record<Dimension, string | null>>;

type Classified = Pick<Issue, 'product' | 'touchpoint' | 'process'>;

/** What a classification says; what it does not name stays as it was, a process is replaced whole. */
export const classified = (
  codes: Codes,
  { category, product, touchpoint, process }: Classified & { category?: string },
) => ({
  category: category ?? codes.category,
  product: product ?? codes.product,
  department: process ? process.department : codes.department,
  process: process ? (process.process ?? null) : codes.process,
  touchpoint: touchpoint ?? codes.touchpoint,
});

export const NOTHING_SAID: Codes = { category: null, product: null, department: null, process: null, touchpoint: null };

/** The group's name: its codes, divided by `/`, which no code holds. A wider group's is the beginning of it. */
export const groupOf = (codes: Codes): string => DIMENSIONS.map((name) => codes[name] ?? '').join('/');

/** The codes in a group's name; those beyond its level are null. */
export const codesIn = (group: string): Codes => {
  const parts = group.split('/');
  return Object.fromEntries(DIMENSIONS.map((name, at) => [name, parts[at] || null])) as Record<
    Dimension,
    string | null
  >;
};

/** What nobody has classified recurs nowhere. */
export const isGrouped = (group: string): boolean => !group.startsWith(`${UNSPECIFIED}/`);
