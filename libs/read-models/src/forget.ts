import type { Forget } from '#privacy/erase';
import { allGenerations } from './generations.ts';
import { readModels } from './models.ts';

/**
 * The read models' part of an erasure, in its transaction: every generation empties what it derived from the erased
 * texts, those being built, kept for going back, or of another version too: tables of the versions before stay
 * forgettable until they are dropped. Envelopes need nothing: their keys are gone.
 */
export const forgetInReadModels: Forget = async (subject, tx) => {
  for (const { model, schema } of await allGenerations(tx))
    await readModels.find((known) => known.model === model)?.forget?.(subject, tx, schema);
};
