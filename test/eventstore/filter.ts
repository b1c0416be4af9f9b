import type { ReadReq } from '@eventstore/db-client/generated/streams_pb.js';
import type { StoredEvent } from './event.ts';

export interface Filter {
  readonly lets: (event: StoredEvent) => boolean;
  /** How many events a page may look at. */
  readonly window: number;
  /** A checkpoint after so many events that were looked at. */
  readonly interval: number;
}

export const filterOf = (options: ReadReq.Options.FilterOptions | undefined): Filter | undefined => {
  if (!options) return undefined;
  const window = options.hasMax() ? options.getMax() : 32;
  const interval = window * options.getCheckpointintervalmultiplier();
  const [expression, textOf] = options.hasEventType()
    ? [options.getEventType()!, (event: StoredEvent) => event.type]
    : [options.getStreamIdentifier()!, (event: StoredEvent) => event.stream];
  const prefixes = expression.getPrefixList();
  const regex = expression.getRegex();
  const form = regex === '' ? undefined : new RegExp(regex);
  const lets = form
    ? (event: StoredEvent) => form.test(textOf(event))
    : (event: StoredEvent) => prefixes.some((prefix) => textOf(event).startsWith(prefix));
  return { lets, window, interval };
};
