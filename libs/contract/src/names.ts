import type { Noun } from '#fact/define-event';

/** NOTE: every name here is published for ever (formats.md, Published). */

const TOPICS: Readonly<Record<Noun, string | undefined>> = {
  complaint: 'redress.complaints.v1',
  'follow-up': 'redress.follow-ups.v1',
  improvement: 'redress.improvements.v1',
  recurrence: 'redress.improvements.v1',
  customer: undefined,
  policy: undefined,
};

/** The topic of a noun's facts; undefined: they are not published. */
export const topicOf = (noun: Noun): string | undefined => TOPICS[noun];

/** Every topic that goes out. */
export const TOPICS_OUT: readonly string[] = [...new Set(Object.values(TOPICS).filter((topic) => topic !== undefined))];

/** `ComplaintReceived` of a complaint → `redress.complaint.received.v1`; `ApologyGiven` → `redress.complaint.apology-given.v1`. */
export const publicType = (noun: Noun, fact: string): string => {
  const kebab = fact.replace(/(?<=[a-z0-9])(?=[A-Z])/g, '-').toLowerCase();
  const bare = kebab.startsWith(`${noun}-`) ? kebab.slice(noun.length + 1) : kebab;
  return `redress.${noun}.${bare}.v1`;
};

/** What is published in the place of a private fact, so that the sequence has no gaps. */
export const markerType = (noun: Noun): string => `redress.${noun}.recorded.v1`;

export const schemaUrn = (type: string): string => `urn:redress:schema:${type}`;

/** `organisation` is a slug: lower-case letters, digits, hyphens. */
export const sourceOf = (organisation: string): string => `/redress/${organisation}`;
