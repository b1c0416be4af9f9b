import { readSubject } from './feed.mjs';

/** A gap is an alarm: whoever consumes on would build on sand. */
export class Gap extends Error {}

/**
 * Takes a message into the work. Throws Gap; after a restore of the ledger, reads the subject again from the feed.
 * @param {import('./open-complaints.mjs').OpenComplaints} work
 * @param {string | undefined} url where the API is
 */
export const take = async (work, url, message) => {
  const verdict = work.take(message);
  if (verdict === 'gap')
    throw new Gap(
      `${message.subject}: sequence ${message.sequence} came, one before it never did. Look at ${url ?? 'REDRESS_URL'}/v1/events/gaps.`,
    );
  if (verdict !== 'restored') return verdict;
  if (url === undefined)
    throw new Error('The ledger was restored: set REDRESS_URL, so that subjects can be read again.');
  work.forget(message.subject, message.epoch);
  for await (const event of readSubject(url, `complaint/${message.subject}`)) {
    const again = work.take(event);
    if (again === 'gap') throw new Gap(`${message.subject}: the feed lacks what is before ${event.sequence}.`);
  }
  return verdict;
};
