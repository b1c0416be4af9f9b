import { COMPLAINT_REFUSALS } from '#complaint/refusals';
import { FOLLOW_UP_REFUSALS } from '#follow-up/refusals';

/** Every "no" that the rules of this house can say: its code and its meaning. HTTP maps each once, in apps/api. */
export const REFUSALS = { ...COMPLAINT_REFUSALS, ...FOLLOW_UP_REFUSALS } as const;

export type RefusalCode = keyof typeof REFUSALS;
