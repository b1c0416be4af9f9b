/** The words of the domain that a policy decides about. NOTE: enumerations are stored and published; they only ever grow. */

export const SEVERITIES = ['minor', 'costly', 'grave'] as const;
export type Severity = (typeof SEVERITIES)[number];
export const APOLOGY_FORMS = ['spoken', 'written', 'gift'] as const;
export type ApologyForm = (typeof APOLOGY_FORMS)[number];

/** The rules that a policy may let a person set aside with a reason (docs/domain.md §3). Closing is none of them. */
export const OVERRIDABLE_RULES = ['apology-before-thanks'] as const;
