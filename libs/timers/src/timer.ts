import type { PoolClient } from 'pg';
import type { Json, JsonObject } from '#fact/json';
import { derivedId } from '#privacy/secrets';

/** Something to do at a time, kept in the database until it is done. */
export interface Timer {
  /** What is to be done, as a code: `break-promise`. NOTE: stored, and part of the timer's id. */
  readonly process: string;
  /** Whom it is about, a UUID: the promise, the complaint, the fact. */
  readonly key: string;
  /** Which time around; absent: it happens once per key. */
  readonly generation?: string;
  /** An instant, or `at-once`: as soon as somebody can. */
  readonly due: string;
  /** Timers of one ordering key fire in the order in which they were set, and one that fails holds up those behind it. */
  readonly orderingKey?: string;
  /** Codes, ids, numbers and instants: no personal data. */
  readonly payload: JsonObject;
}

/** NOTE: stored, and the command ids are derived from it. The same timer set twice is one. */
export const timerId = ({ process, key, generation }: Pick<Timer, 'process' | 'key' | 'generation'>): string =>
  derivedId(key, `timer:${process}${generation === undefined ? '' : `:${generation}`}`);

/** Sets timers within a transaction: there exactly when the transaction is. Those that are set already stay as they are. */
export const setTimers = async (tx: PoolClient, timers: readonly Timer[]): Promise<void> => {
  if (timers.length === 0) return;
  timers.forEach((timer) => refuseWords(timer.payload));
  const rows = timers.map((timer) => ({
    id: timerId(timer),
    due: timer.due === 'at-once' ? '-infinity' : timer.due,
    process: timer.process,
    key: timer.key,
    lane: timer.orderingKey ?? null,
    payload: timer.payload,
  }));
  await tx.query(
    `insert into es.timers (timer_id, due_at, process, key, lane, payload)
     select (t ->> 'id')::uuid, (t ->> 'due')::timestamptz, t ->> 'process', t ->> 'key', t ->> 'lane', t -> 'payload'
       from jsonb_array_elements($1::jsonb) with ordinality as given (t, n)
      order by n
     on conflict (timer_id) do nothing`,
    [JSON.stringify(rows)],
  );
};

/** What a code, an id or an instant can look like. A sentence or an e-mail address cannot. */
const CODE = /^[A-Za-z0-9][A-Za-z0-9._:-]{0,99}$/;

const refuseWords = (value: Json): void => {
  if (typeof value === 'string' && !CODE.test(value))
    throw new TypeError('a timer holds codes, ids and instants, nothing else');
  if (typeof value === 'object' && value !== null) Object.values(value).forEach((member) => refuseWords(member));
};
