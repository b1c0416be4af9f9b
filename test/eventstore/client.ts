import { randomUUID } from 'node:crypto';
import {
  EventStoreDBClient,
  jsonEvent,
  NO_STREAM,
  type AppendResult,
  type EventData,
  type JSONEventType,
} from '@eventstore/db-client';

export type Client = EventStoreDBClient;

/** What makes the client take the plain append. Over a plain connection nothing of it is sent. */
export const CREDENTIALS = { username: 'nobody', password: 'nothing' };

export const clientOf = (url: string): Client => EventStoreDBClient.connectionString(url);

export const sample = (data: Record<string, unknown> = {}, id: string = randomUUID()): EventData =>
  jsonEvent<JSONEventType<string, Record<string, unknown>>>({ id, type: 'Sampled', data });

export const begin = (client: Client, stream: string, events: EventData[], deadline = 10_000): Promise<AppendResult> =>
  client.appendToStream(stream, events, { expectedRevision: NO_STREAM, credentials: CREDENTIALS, deadline });

export const collect = async <T>(items: AsyncIterable<T>): Promise<T[]> => {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
};

/** How a call failed: what an adapter can tell it by. */
export const failure = async (call: Promise<unknown>): Promise<{ type: unknown; code: unknown }> =>
  call.then(
    () => ({ type: 'none', code: undefined }),
    ({ type, code }: { type: unknown; code: unknown }) => ({ type, code }),
  );
