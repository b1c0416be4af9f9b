import { lists } from './lists.ts';
import type { Projection } from './projection.ts';

/** Every read model that the projector keeps: those that a list is read from. */
export const readModels: readonly Projection[] = [...new Set(lists.map(({ projection }) => projection))];
