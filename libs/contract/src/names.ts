import { isPublished, nouns } from '#nouns/nouns';

/** NOTE: every name here is published for ever (docs/formats.md, Published). */

/** Every topic that goes out. */
export const TOPICS_OUT: readonly string[] = [...new Set(nouns.filter(isPublished).map(({ topic }) => topic))];

/** `ComplaintReceived` of a complaint → `redress.complaint.received.v1`; `ApologyGiven` → `redress.complaint.apology-given.v1`. */
export const publicType = (noun: string, fact: string): string => {
  const kebab = fact.replace(/(?<=[a-z0-9])(?=[A-Z])/g, '-').toLowerCase();
  const bare = kebab.startsWith(`${noun}-`) ? kebab.slice(noun.length + 1) : kebab;
  return `redress.${noun}.${bare}.v1`;
};

/** What is published in the place of a private fact, so that the sequence has no gaps. */
export const markerType = (noun: string): string => `redress.${noun}.recorded.v1`;

export const schemaUrn = (type: string): string => `urn:redress:schema:${type}`;

/** `organisation` is a slug: lower-case letters, digits, hyphens. */
export const sourceOf = (organisation: string): string => `/redress/${organisation}`;
