/**
 * What the promise to consumers asks for (docs/consumers.md): of each subject, how far it was applied. Pure.
 *
 * @typedef {{ epoch: string, sequence: number, former: string[] }} Place `former`: epochs that were left behind.
 * @typedef {'apply' | 'repeat' | 'gap' | 'restored'} Verdict
 */

/**
 * What to do with a message.
 * - `apply`: it is the next one.
 * - `repeat`: it was applied already; drop it.
 * - `gap`: one before it never came. An alarm, never an ordinary thing.
 * - `restored`: the ledger was restored and goes on at a place that we have passed; read the subject again.
 *
 * @param {Place | undefined} last where the subject stands; undefined: nothing came of it yet
 * @param {{ epoch: string, sequence: number }} message
 * @returns {Verdict}
 */
export const verdictOn = (last, { epoch, sequence }) => {
  if (last === undefined) return sequence === 0 ? 'apply' : 'gap';
  if (last.former.includes(epoch)) return 'repeat'; // of a publisher that woke up late
  if (sequence <= last.sequence) return epoch === last.epoch ? 'repeat' : 'restored';
  return sequence === last.sequence + 1 ? 'apply' : 'gap';
};

/** @returns {Place} the place behind a message that was applied */
export const placeBehind = (last, { epoch, sequence }) => ({
  epoch,
  sequence,
  former: last === undefined ? [] : last.epoch === epoch ? last.former : [...last.former, last.epoch],
});

/** The part of a position before the dot is its epoch. */
export const epochOf = (position) => position.split('.')[0];
