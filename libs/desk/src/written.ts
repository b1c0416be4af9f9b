import type { Refusal } from '#fact/decision';
import type { Fact } from '#fact/fact';

/** What a command answers. The door turns it into HTTP, and nothing else does. */
export type Written =
  | {
      readonly kind: 'written';
      /** What was created, or the thing that was written to. */
      readonly id: string;
      /** Of the stream written; the ETag. */
      readonly revision: number;
      readonly position: string | null;
      /** Empty: it was already so (200); otherwise 201. */
      readonly facts: readonly { readonly id: string; readonly type: string }[];
      /** Path of what was created, for `Location`. */
      readonly location?: string;
      /** Members beside these: `reference`, `issues`, `clocks`, `nextSteps`, `followUp` … */
      readonly members?: Readonly<Record<string, unknown>>;
    }
  | { readonly kind: 'refused'; readonly refusal: Refusal }
  /** If-Match named another revision: 412 with the facts that the caller missed. */
  | { readonly kind: 'mismatch'; readonly revision: number | undefined; readonly missed: readonly Fact[] };
