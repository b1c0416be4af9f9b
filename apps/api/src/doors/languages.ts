import type { FastifyRequest } from 'fastify';

/** The languages of Accept-Language, the best first (RFC 9110, 12.5.4); what cannot be understood is passed over. */
export const languagesIn = (request: Pick<FastifyRequest, 'headers'>): readonly string[] =>
  (request.headers['accept-language'] ?? '')
    .slice(0, 1000)
    .split(',')
    .flatMap((range) => {
      const match = /^\s*([A-Za-z]{1,8}(?:-[A-Za-z0-9]{1,8})*)\s*(?:;\s*q=(0(?:\.\d{0,3})?|1(?:\.0{0,3})?)\s*)?$/.exec(
        range,
      );
      return match ? [{ tag: match[1]!, weight: match[2] === undefined ? 1 : Number(match[2]) }] : [];
    })
    .filter(({ weight }) => weight > 0)
    .sort((one, other) => other.weight - one.weight)
    .map(({ tag }) => tag);
