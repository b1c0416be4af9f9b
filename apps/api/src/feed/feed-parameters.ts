import type { PublicNoun } from '#nouns/nouns';
import type { Parameter } from '#desk/queries/parameters';
import { runsIn, type Run } from './gaps.ts';
import { FEED_NOUNS, type FeedFact, type FeedSubject } from './read-feed.ts';

const UUID = '[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}';
const SUBJECT = `(${FEED_NOUNS.join('|')})/(${UUID})`;

/** `complaint/<id>/<sequence>`; leading zeros of the sequence don't matter. */
export const byFact = (): Parameter<FeedFact | undefined> => ({
  description:
    'Events after this fact, `<noun>/<subject>/<sequence>`: how to go on when a position belongs to another ledger.',
  schema: { type: 'string', pattern: `^${SUBJECT}/\\d{1,10}$` },
  mustBe: 'of the form <noun>/<subject>/<sequence>',
  read: (text) => {
    const match = new RegExp(`^${SUBJECT}/(\\d{1,10})$`).exec(text);
    return match ? { noun: match[1] as PublicNoun, subject: match[2]!, sequence: BigInt(match[3]!) } : undefined;
  },
});

export const bySubject = (description: string): Parameter<FeedSubject | undefined> => ({
  description,
  schema: { type: 'string', pattern: `^${SUBJECT}$` },
  mustBe: 'of the form <noun>/<subject>',
  read: (text) => {
    const match = new RegExp(`^${SUBJECT}$`).exec(text);
    return match ? { noun: match[1] as PublicNoun, subject: match[2]! } : undefined;
  },
});

export const byRuns = (): Parameter<readonly Run[] | undefined> => ({
  description: 'The sequences that you have, as rising runs: `0-4,6`. Absent: none.',
  schema: { type: 'string', pattern: '^\\d{1,10}(-\\d{1,10})?(,\\d{1,10}(-\\d{1,10})?)*$' },
  mustBe: 'rising runs of sequences such as 0-4,6 (at most 500)',
  read: runsIn,
});
