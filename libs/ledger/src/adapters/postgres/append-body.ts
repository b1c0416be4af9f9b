import type { CheckedEvent } from '../../stream/check-append.ts';
import type { AppendOptions, ExpectedRevision } from '../../stream/port.ts';

/** One append as a member of the argument of es.append_many (append-many.sql.ts says what the letters mean). */
export const bodyOf = (
  stream: string,
  expected: ExpectedRevision,
  events: readonly CheckedEvent[],
  options: AppendOptions,
): string => {
  const facts = events.map(
    (event) => `{"i":"${event.id}","t":${JSON.stringify(event.type)},"d":${event.data},"m":${event.metadata}}`,
  );
  const keys = (options.newKeys ?? []).map((key) =>
    JSON.stringify({ i: key.kid, u: key.subject, w: key.wrapped.toString('hex') }),
  );
  return (
    `{"s":${JSON.stringify(stream)},"e":${expected === 'no_stream' ? -1 : expected},"v":[${facts.join(',')}]` +
    (keys.length > 0 ? `,"k":[${keys.join(',')}]` : '') +
    (options.usedKeys?.length ? `,"u":${JSON.stringify(options.usedKeys)}` : '') +
    '}'
  );
};
