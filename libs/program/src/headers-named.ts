import type { IncomingMessage } from 'node:http';

/**
 * Every value of a header as it was sent. Node keeps the first of some repeated headers and joins others with commas, so
 * that a repetition cannot be told from a list; here it can.
 */
export const headersNamed = (request: Pick<IncomingMessage, 'rawHeaders'>, name: string): readonly string[] => {
  const values: string[] = [];
  for (let index = 0; index < request.rawHeaders.length; index += 2)
    if (request.rawHeaders[index]!.toLowerCase() === name) values.push(request.rawHeaders[index + 1]!);
  return values;
};
