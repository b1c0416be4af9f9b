import { pino, type DestinationStream, type Logger } from 'pino';
import { nameOf, whereOf } from '#ledger/follow/failure';

/** Structured lines for machines. Codes, ids, counts and route patterns only: no body, query, header value or raw path. */
export const makeLog = (level: string, destination?: DestinationStream): Logger =>
  pino(
    {
      level,
      base: { service: 'redress' },
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      // An error's message may quote a person's words: whoever logs the error itself logs its class, code and place.
      serializers: { err: nameIn, error: nameIn },
      hooks: {
        logMethod(given, method) {
          const [first, ...rest] = given as unknown[];
          const told =
            first instanceof Error
              ? [{ error: nameOf(first), where: whereOf(first) }, ...(rest.length > 0 ? rest : ['failed'])]
              : given;
          method.apply(this, told as Parameters<typeof method>);
        },
      },
    },
    destination ?? pino.destination({ dest: 1, sync: true }),
  );

const nameIn = (error: unknown): unknown => (typeof error === 'string' ? error : nameOf(error));
