import type { IncomingHttpHeaders } from 'node:http';
import Negotiator from 'negotiator';

/** What a request would rather have (RFC 9110, 12.5); what cannot be understood is passed over. */

interface Asking {
  readonly headers: IncomingHttpHeaders;
}

/** So much of a header is looked at. */
const LONGEST = 1000;

const TAG = /^[A-Za-z]{1,8}(?:-[A-Za-z0-9]{1,8})*$/;

/** The languages of Accept-Language, the best first. */
export const languagesIn = ({ headers }: Asking): readonly string[] => {
  const given = headers['accept-language']?.slice(0, LONGEST);
  if (given === undefined) return [];
  const languages = new Negotiator({ headers: { 'accept-language': given } }).languages();
  return [...new Set(languages)].filter((language) => TAG.test(language));
};

/** The media type that Accept likes best of those offered; the first one when it names none of them. */
export const mediaFor = <const Media extends string>(
  { headers }: Asking,
  offered: readonly [Media, ...Media[]],
): Media =>
  (new Negotiator({ headers: { accept: headers.accept?.slice(0, LONGEST) } }).mediaType([...offered]) as
    Media | undefined) ?? offered[0];
