import { epochOf } from './progress.mjs';

/** The events over HTTP, for consumers without Kafka, and for reading a subject again. */

const messageOf = ({ subject, type, position, sequence, data }) => ({
  subject,
  type,
  epoch: epochOf(position),
  position,
  sequence: Number(sequence),
  data,
});

const get = async (url) => {
  const answer = await fetch(url, {
    headers: { accept: 'application/json', 'redress-actor': 'example-consumer; role=auditor' },
  });
  const body = await answer.json();
  if (answer.ok) return body;
  throw Object.assign(new Error(`${url}: ${answer.status} ${body.code}: ${body.detail ?? body.title}`), {
    code: body.code,
  });
};

/** One page behind a position; absent: from the beginning. `items` is empty only at the head. */
export const readPage = async (url, position) => {
  const after = position === undefined ? '' : `&after=${encodeURIComponent(position)}`;
  const page = await get(`${url}/v1/events?limit=1000${after}`);
  return { items: page.items.map(messageOf), position: page.position };
};

/** Everything of one subject, from its beginning. `subject`: `<noun>/<id>`. */
export const readSubject = async function* (url, subject) {
  for (let last; ;) {
    const from = last === undefined ? '' : `&afterFact=${subject}/${last}`;
    const { items } = await get(`${url}/v1/events?limit=1000&subject=${subject}${from}`);
    if (items.length === 0) return;
    yield* items.map(messageOf);
    last = items.at(-1).sequence;
  }
};

const isOfComplaints = ({ type }) => type.startsWith('redress.complaint.');

/** Follows the feed until the signal: page by page, and what was made of a page is saved with its position. */
export const followFeed = async ({ url, work, take, signal, everyMs = 1000 }) => {
  while (!signal.aborted) {
    let page;
    try {
      page = await readPage(url, work.position);
    } catch (error) {
      if (error.code !== 'other-ledger') throw error;
      // The ledger was copied or restored: from the beginning, what is known already is dropped or read again.
      work.position = undefined;
      continue;
    }
    for (const message of page.items.filter(isOfComplaints)) await take(work, url, message);
    work.position = page.position ?? work.position;
    work.save();
    if (page.items.length === 0) await new Promise((resolve) => setTimeout(resolve, everyMs));
  }
};
